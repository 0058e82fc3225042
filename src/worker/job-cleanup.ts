import type { Logger } from '../lib/log';
import { callQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue } from '../queue/open';
import type { Queues } from '../queue/queues';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 60_000;
const BATCH_SIZE = 1000;

/**
 * Starts removing completed jobs, and the personal data in them, once their retention has passed. BullMQ removes them only when
 * another job completes, which in an idle queue is never. Failed jobs stay for operators. Several workers may do it at the same time.
 */
export function startJobCleanup(
  { applications, push }: Pick<Queues, 'applications' | 'push'>,
  keepCompletedSeconds: number,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  return startPeriodicTask('job cleanup', everyMs, log, async (ended) => {
    for (const opened of [applications, push]) {
      const { queue } = opened;
      await waitForQueue(opened, CONNECT_WITHIN_MS, ended);
      let removed = BATCH_SIZE;
      while (removed === BATCH_SIZE && !ended.aborted) {
        const ids = await callQueue(() => queue.clean(keepCompletedSeconds * 1000, BATCH_SIZE, 'completed'));
        removed = ids.length;
        if (removed > 0) log.info({ queue: queue.name, removed }, 'completed jobs removed');
      }
    }
  });
}
