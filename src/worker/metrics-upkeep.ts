import type { Logger } from '../lib/log';
import { recordTotals } from '../metrics/history';
import { foldSnapshots } from '../metrics/snapshots';
import type { ApplicationQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue } from '../queue/open';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 60_000;

/**
 * Starts recording the counts of all processes, at once and then once a minute, and adding up those of processes that are gone.
 * Several workers may do it.
 */
export function startMetricsUpkeep(queue: ApplicationQueue, log: Logger): PeriodicTask {
  return startPeriodicTask('upkeep of metrics', EVERY_MS, log, async (ended) => {
    await waitForQueue(queue, CONNECT_WITHIN_MS, ended);
    if (ended.aborted) return;
    await foldSnapshots(queue, (await queue.clock.now()).getTime());
    await recordTotals(queue);
  });
}
