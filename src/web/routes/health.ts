import type Router from '@koa/router';
import { ConvError } from '../../lib/errors';
import { withDeadline } from '../../lib/shutdown';
import type { State, WebDeps } from '../context';

const CHECK_TIMEOUT_MS = 2000;

async function succeeds(check: Promise<unknown>): Promise<boolean> {
  try {
    return await withDeadline(check, CHECK_TIMEOUT_MS);
  } catch {
    return false; // The response names the failing part; the cause is in that part's own log.
  }
}

/** `GET /livez`: the process answers. `GET /readyz`: its stores answer too; otherwise 503 names the failing ones. */
export function healthRoutes(router: Router<State>, { database, queue }: WebDeps): void {
  router.get('/livez', (ctx) => {
    ctx.body = { status: 'ok' };
  });

  router.get('/readyz', async (ctx) => {
    const [databaseOk, queueOk] = await Promise.all([
      succeeds(database.sequelize.query('SELECT 1 FROM conversations LIMIT 0')),
      succeeds(queue.connection.ping()),
    ]);
    const failing = [databaseOk ? [] : ['database'], queueOk ? [] : ['queue']].flat();
    if (failing.length > 0) throw new ConvError('NOT_READY', `failing: ${failing.join(', ')}`);
    ctx.body = { status: 'ok', database: 'ok', queue: 'ok' };
  });
}
