import type { Logger } from '../lib/log';
import { callQueue, openApplicationQueue } from '../queue/applications';
import type { QueueSettings } from '../queue/open';
import { openPushQueue } from '../queue/push';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 60_000;
const PORTION = 1000;

/**
 * Removes completed jobs, and the personal data in them, when their time is over. BullMQ does it when another job completes: in a
 * queue that has gone quiet, never. Failed ones stay for operators. Any number of workers may do it at once.
 */
export function startJobCleanup(settings: QueueSettings, log: Logger, everyMs = EVERY_MS): PeriodicTask {
  const queues = [openApplicationQueue(settings, log), openPushQueue(settings, log)];
  const cleaning = startPeriodicTask('job cleanup', everyMs, log, async (ended) => {
    for (const { queue } of queues) {
      let removed = PORTION;
      while (removed === PORTION && !ended.aborted) {
        const ids = await callQueue(() =>
          queue.clean(settings.keepCompletedSeconds * 1000, PORTION, 'completed'),
        );
        removed = ids.length;
        if (removed > 0) log.info({ queue: queue.name, removed }, 'finished jobs removed');
      }
    }
  });
  return {
    async close() {
      await cleaning.close();
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
