import { isTimelineReconciled } from '../applications/timeline';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { callQueue, openApplicationQueue, type ApplicationQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue, type QueueSettings } from '../queue/open';
import { openPushQueue, type PushQueue } from '../queue/push';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

interface CleanupSettings extends QueueSettings {
  keepCompletedSeconds: number;
}

const EVERY_MS = 60_000;
/** Redis does nothing else for some milliseconds while it removes so many. */
const BATCH_SIZE = 200;

/**
 * Removes the completed jobs of both queues that are older than their retention. Stops while PostgreSQL is not reconciled: after a
 * failover the jobs may be all that is left of their outcomes.
 * @param queues the queue of applications comes first
 * @returns how many were removed from each queue
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function removeCompletedJobs(
  database: Database,
  queues: readonly [ApplicationQueue, PushQueue],
  keepSeconds: number,
  ended = new AbortController().signal,
): Promise<number[]> {
  const removed = [0, 0];
  for (const [n, { queue }] of queues.entries()) {
    let more = true;
    while (more && !ended.aborted && (await isTimelineReconciled(database, queues[0]))) {
      const ids = await callQueue(() => queue.clean(keepSeconds * 1000, BATCH_SIZE, 'completed'));
      removed[n] = (removed[n] ?? 0) + ids.length;
      more = ids.length === BATCH_SIZE;
    }
  }
  return removed;
}

/**
 * Starts removing completed jobs, and the personal data in them, once their retention has passed. Failed jobs stay for operators.
 * Several workers may do it at the same time.
 */
export function startJobCleanup(
  settings: CleanupSettings,
  database: Database,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  const queues = [openApplicationQueue(settings, log), openPushQueue(settings, log)] as const;
  const task = startPeriodicTask('job cleanup', everyMs, log, async (ended) => {
    for (const queue of queues) await waitForQueue(queue, CONNECT_WITHIN_MS, ended);
    const [applications, pushes] = await removeCompletedJobs(
      database,
      queues,
      settings.keepCompletedSeconds,
      ended,
    );
    if (applications || pushes) log.info({ applications, pushes }, 'completed jobs removed');
  });
  return {
    async close() {
      await task.close();
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
