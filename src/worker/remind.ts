import { pendingDeliveries } from '../events/deliveries';
import type { Log } from '../log';
import type { Database } from '../models/connect';
import { ensurePushes, type PushQueue } from '../queue/push';
import { nowAndThen, type NowAndThen } from './now-and-then';

/** Puts every event that is still to be pushed back into the queue where Redis lost it, or somebody cleaned it away. */
export function startReminding(database: Database, queue: PushQueue, everyMs: number, log: Log): NowAndThen {
  return nowAndThen(everyMs, log, async (ended) => {
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
