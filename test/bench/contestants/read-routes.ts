import type Koa from 'koa';
import type { Pool } from 'pg';

const COLUMNS = 'id, application_id, candidate_id, job_id, status, created_at, updated_at';
const FIRST = { name: 'first', text: `SELECT ${COLUMNS} FROM conversations ORDER BY id DESC LIMIT $1` };
const NEXT = {
  name: 'next',
  text: `SELECT ${COLUMNS} FROM conversations WHERE id < $2 ORDER BY id DESC LIMIT $1`,
};
const ONE = { name: 'one', text: `SELECT ${COLUMNS} FROM conversations WHERE id = $1` };

async function page(pool: Pool, limit: number, after: unknown): Promise<object> {
  const query =
    after === undefined ? { ...FIRST, values: [limit + 1] } : { ...NEXT, values: [limit + 1, after] };
  const { rows } = await pool.query<{ id: string }>(query);
  const data = rows.slice(0, limit);
  return { data, next_cursor: rows.length > limit ? data.at(-1)?.id : null };
}

/** The same queries by pg: no token, no validation, no log, no router. What a read costs at the least. */
export function readRoutes(pool: Pool): Koa.Middleware {
  return async (ctx, next) => {
    if (ctx.method !== 'GET') {
      await next();
      return;
    }
    const [, id] = /^\/conversations\/(.+)$/.exec(ctx.path) ?? [];
    const { limit, after } = ctx.query;
    if (id === undefined) ctx.body = await page(pool, Number(limit), after);
    else ctx.body = (await pool.query<object>({ ...ONE, values: [id] })).rows[0];
  };
}
