import { isTimelineReconciled } from '../applications/timeline';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { callQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue } from '../queue/open';
import type { Queues } from '../queue/queues';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

type BothQueues = Pick<Queues, 'applications' | 'push'>;

const EVERY_MS = 60_000;
/** Redis does nothing else for some milliseconds while it removes so many. */
const BATCH_SIZE = 200;

/**
 * Removes the completed jobs of both queues that are older than their retention. Stops while PostgreSQL is not reconciled: after a
 * failover the jobs may be all that is left of their outcomes.
 * @returns how many were removed from each queue
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function removeCompletedJobs(
  { applications, push }: BothQueues,
  database: Database,
  keepSeconds: number,
  ended = new AbortController().signal,
): Promise<{ applications: number; pushes: number }> {
  async function clean({ queue }: BothQueues[keyof BothQueues]): Promise<number> {
    let removed = 0;
    let more = true;
    while (more && !ended.aborted && (await isTimelineReconciled(database, applications))) {
      const ids = await callQueue(() => queue.clean(keepSeconds * 1000, BATCH_SIZE, 'completed'));
      removed += ids.length;
      more = ids.length === BATCH_SIZE;
    }
    return removed;
  }
  return { applications: await clean(applications), pushes: await clean(push) };
}

/**
 * Starts removing completed jobs, and the personal data in them, once their retention has passed. Failed jobs stay for operators.
 * Several workers may do it at the same time.
 */
export function startJobCleanup(
  queues: BothQueues,
  database: Database,
  keepSeconds: number,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  return startPeriodicTask('job cleanup', everyMs, log, async (ended) => {
    for (const queue of [queues.applications, queues.push])
      await waitForQueue(queue, CONNECT_WITHIN_MS, ended);
    const removed = await removeCompletedJobs(queues, database, keepSeconds, ended);
    if (removed.applications + removed.pushes > 0) log.info(removed, 'completed jobs removed');
  });
}
