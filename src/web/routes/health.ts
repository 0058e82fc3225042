import type Router from '@koa/router';
import { ConvError } from '../../lib/errors';
import { withDeadline } from '../../lib/shutdown';
import type { State, WebDeps } from '../context';

const ANSWER_WITHIN_MS = 2000;

async function works(ask: Promise<unknown>): Promise<boolean> {
  try {
    return await withDeadline(ask, ANSWER_WITHIN_MS);
  } catch {
    return false; // Which part fails is the answer; why is in that part's log.
  }
}

/** `GET /livez`: the process answers. `GET /readyz`: so do its stores; if not, 503 names which. */
export function healthRoutes(router: Router<State>, { database, queue }: WebDeps): void {
  router.get('/livez', (ctx) => {
    ctx.body = { status: 'ok' };
  });

  router.get('/readyz', async (ctx) => {
    const [databaseWorks, queueWorks] = await Promise.all([
      works(database.sequelize.query('SELECT 1 FROM conversations LIMIT 0')),
      works(queue.connection.ping()),
    ]);
    const failing = [databaseWorks ? [] : ['database'], queueWorks ? [] : ['queue']].flat();
    if (failing.length > 0) throw new ConvError('NOT_READY', `failing: ${failing.join(', ')}`);
    ctx.body = { status: 'ok', database: 'ok', queue: 'ok' };
  });
}
