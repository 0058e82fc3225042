import { listPendingPushDeliveries } from '../events/push-deliveries';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { ensurePushes, type PushQueue } from '../queue/push';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

/** Starts adding jobs for pending pushes that have none, because Redis lost the job or an operator removed it. */
export function startPushReconciler(
  database: Database,
  queue: PushQueue,
  everyMs: number,
  log: Logger,
): PeriodicTask {
  return startPeriodicTask('push reconciliation', everyMs, log, async (ended) => {
    let page = await listPendingPushDeliveries(database, null);
    while (page.length > 0 && !ended.aborted) {
      await ensurePushes(
        queue,
        page.map(({ event_id }) => event_id),
      );
      page = await listPendingPushDeliveries(database, page.at(-1) ?? null);
    }
  });
}
