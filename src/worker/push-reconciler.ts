import { pendingDeliveries } from '../events/push-deliveries';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { ensurePushes, type PushQueue } from '../queue/push';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

/** Puts every event that is still to be pushed back into the queue where Redis lost it, or somebody cleaned it away. */
export function startPushReconciler(
  database: Database,
  queue: PushQueue,
  everyMs: number,
  log: Logger,
): PeriodicTask {
  return startPeriodicTask('push reconciliation', everyMs, log, async (ended) => {
    let page = await pendingDeliveries(database, null);
    while (page.length > 0 && !ended.aborted) {
      await ensurePushes(
        queue,
        page.map((delivery) => delivery.event_id),
      );
      page = await pendingDeliveries(database, page.at(-1) ?? null);
    }
  });
}
