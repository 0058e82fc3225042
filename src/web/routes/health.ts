import type Router from '@koa/router';
import { cacheFor } from '../../lib/cache-for';
import { ConvError } from '../../lib/errors';
import { createOutageLog } from '../../lib/outage-log';
import { withDeadline } from '../../lib/shutdown';
import { withDatabaseErrors } from '../../models/database-errors';
import { assertAcceptsJobs } from '../../queue/readiness';
import type { State, WebDeps } from '../context';

const CHECK_TIMEOUT_MS = 2000;
/** Anybody may call /readyz, so its checks are shared. */
const CACHE_MS = 1000;
const CHECK_SCHEMA = 'SELECT 1 FROM conversations LIMIT 0';

/** Creates the check of one store. It returns what is wrong, or null, and logs it once per outage. */
function createCheck(
  log: WebDeps['log'],
  name: 'database' | 'queue',
  check: () => Promise<unknown>,
): () => Promise<unknown> {
  const outageLog = createOutageLog(log, `readiness of the ${name}`);
  return cacheFor(CACHE_MS, async () => {
    try {
      if (!(await withDeadline(check(), CHECK_TIMEOUT_MS)))
        throw new ConvError('NOT_READY', `the ${name} does not answer`);
      outageLog.recovered();
      return null;
    } catch (error) {
      outageLog.failed(error);
      return error;
    }
  });
}

/** `GET /livez`: the process answers. `GET /readyz`: its stores work too; otherwise 503 names the failing ones. */
export function healthRoutes(router: Router<State>, { database, queue, redisWarnings, log }: WebDeps): void {
  const checkDatabase = createCheck(log, 'database', () =>
    withDatabaseErrors(() => database.sequelize.query(CHECK_SCHEMA)),
  );
  const checkQueue = createCheck(log, 'queue', () => assertAcceptsJobs(queue));

  router.get('/livez', (ctx) => {
    ctx.body = { status: 'ok' };
  });

  router.get('/readyz', async (ctx) => {
    const [databaseError, queueError] = await Promise.all([checkDatabase(), checkQueue()]);
    const failing = [databaseError ? ['database'] : [], queueError ? ['queue'] : []].flat();
    // The response names the failing stores, the log also the cause.
    const cause = databaseError ?? queueError;
    if (failing.length > 0) throw new ConvError('NOT_READY', `failing: ${failing.join(', ')}`, { cause });
    const warnings = redisWarnings();
    ctx.body = { status: 'ok', database: 'ok', queue: 'ok', ...(warnings.length > 0 && { warnings }) };
  });
}
