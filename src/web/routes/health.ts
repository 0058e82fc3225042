import type Router from '@koa/router';
import { ConvError } from '../../lib/errors';
import { withDeadline } from '../../lib/shutdown';
import { withDatabaseErrors } from '../../models/database-errors';
import type { State, WebDeps } from '../context';

const CHECK_TIMEOUT_MS = 2000;
const CHECK_SCHEMA = 'SELECT 1 FROM conversations LIMIT 0';

interface Check {
  ok: boolean;
  cause?: unknown;
}

async function check(work: Promise<unknown>): Promise<Check> {
  try {
    return { ok: await withDeadline(work, CHECK_TIMEOUT_MS) };
  } catch (cause) {
    return { ok: false, cause };
  }
}

/** `GET /livez`: the process answers. `GET /readyz`: its stores answer too; otherwise 503 names the failing ones. */
export function healthRoutes(router: Router<State>, { database, queue }: WebDeps): void {
  router.get('/livez', (ctx) => {
    ctx.body = { status: 'ok' };
  });

  router.get('/readyz', async (ctx) => {
    const [databaseCheck, queueCheck] = await Promise.all([
      check(withDatabaseErrors(() => database.sequelize.query(CHECK_SCHEMA))),
      check(queue.connection.ping()),
    ]);
    const failing = [databaseCheck.ok ? [] : ['database'], queueCheck.ok ? [] : ['queue']].flat();
    // The response names the failing store, the log also the cause.
    const cause = databaseCheck.cause ?? queueCheck.cause;
    if (failing.length > 0) throw new ConvError('NOT_READY', `failing: ${failing.join(', ')}`, { cause });
    ctx.body = { status: 'ok', database: 'ok', queue: 'ok' };
  });
}
