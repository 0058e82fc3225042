import type { Logger } from '../lib/log';
import { callQueue, openApplicationQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue, type QueueSettings } from '../queue/open';
import { openPushQueue } from '../queue/push';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 60_000;
const BATCH_SIZE = 1000;

/**
 * Starts removing completed jobs, and the personal data in them, once their retention has passed. BullMQ removes them only when
 * another job completes, which in an idle queue is never. Failed jobs stay for operators. Several workers may do it at the same time.
 */
export function startJobCleanup(settings: QueueSettings, log: Logger, everyMs = EVERY_MS): PeriodicTask {
  const queues = [openApplicationQueue(settings, log), openPushQueue(settings, log)];
  const keepMs = settings.keepCompletedSeconds * 1000;
  const task = startPeriodicTask('job cleanup', everyMs, log, async (ended) => {
    for (const opened of queues) {
      const { queue } = opened;
      await waitForQueue(opened, CONNECT_WITHIN_MS, ended);
      let removed = BATCH_SIZE;
      while (removed === BATCH_SIZE && !ended.aborted) {
        const ids = await callQueue(() => queue.clean(keepMs, BATCH_SIZE, 'completed'));
        removed = ids.length;
        if (removed > 0) log.info({ queue: queue.name, removed }, 'completed jobs removed');
      }
    }
  });
  return {
    async close() {
      await task.close();
      await Promise.all(queues.map((queue) => queue.close()));
    },
  };
}
