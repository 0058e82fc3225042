import { recordUnrecordedFailures } from '../applications/unrecorded-failures';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { openApplicationQueue } from '../queue/applications';
import { waitForQueue, type QueueSettings } from '../queue/open';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 60_000;
/** Looks back further than the last run, because workers' clocks differ. */
const OVERLAP_MS = 5 * EVERY_MS;
/** At its start a worker is not connected yet. */
const CONNECT_WITHIN_MS = 5000;

/** Starts recording the failures that only the queue knows. The first run looks at all of them. Several workers may do it. */
export function startFailureRecorder(
  settings: QueueSettings,
  database: Database,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  const queue = openApplicationQueue(settings, log);
  let since = new Date(0);
  const task = startPeriodicTask('failure recorder', everyMs, log, async (ended) => {
    const startedAt = Date.now();
    await waitForQueue(queue, CONNECT_WITHIN_MS, ended);
    if (ended.aborted) return;
    const recorded = await recordUnrecordedFailures(database, queue, since);
    if (recorded > 0) log.warn({ recorded }, 'failures recorded that only the queue knew');
    since = new Date(startedAt - OVERLAP_MS);
  });
  return {
    async close() {
      await task.close();
      await queue.close();
    },
  };
}
