import type Koa from 'koa';
import type { Pool } from 'pg';
import { CONVERSATION_LIST } from '../../../src/conversations/list';
import { keysetSql } from '../../../src/lists/keyset';
import { CONVERSATION_STATUSES } from '../../../src/lib/domain';

const PAGE = 50;
const COLUMNS = 'id, application_id, candidate_id, job_id, status, created_at, updated_at';

/** conv's own statements; timestamps stay as pg returns them. */
const list = { ...CONVERSATION_LIST, columns: COLUMNS };

function prepared(
  name: string,
  to: string | undefined,
  after: string[] | undefined,
): { name: string; text: string } {
  const equal = { status: CONVERSATION_STATUSES };
  const { sql } = keysetSql(list, { equal, from: undefined, to, after, order: 'desc', limit: PAGE });
  return { name, text: sql };
}

const FIRST = prepared('first', undefined, undefined);
const NEXT = prepared('next', '', ['', '']);
const ONE = { name: 'one', text: `SELECT ${COLUMNS} FROM conversations WHERE id = $1` };

/** @param place for a later page: its `created_before`, and the sort key of the last row before it */
async function page(pool: Pool, place: unknown[]): Promise<object> {
  const statement = place.length === 0 ? FIRST : NEXT;
  const { rows } = await pool.query<{ id: string }>({
    ...statement,
    values: [...place, ...CONVERSATION_STATUSES],
  });
  const data = rows.slice(0, PAGE);
  return { data, next_cursor: rows.length > PAGE ? data.at(-1)?.id : null };
}

/** The least that a read costs: the same queries by pg, without token, validation, log or router. */
export function readRoutes(pool: Pool): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET') {
      await next();
      return;
    }
    const [, id] = /^\/conversations\/(.+)$/.exec(ctx.path) ?? [];
    const { before, at, after } = ctx.query;
    if (id === undefined) ctx.body = await page(pool, after === undefined ? [] : [before, at, after]);
    else ctx.body = (await pool.query<object>({ ...ONE, values: [id] })).rows[0];
  };
}
