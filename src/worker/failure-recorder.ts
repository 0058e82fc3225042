import { recordUnrecordedFailures } from '../applications/unrecorded-failures';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue } from '../queue/open';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 60_000;
/** Looks back further than the last run, because workers' clocks differ. */
const OVERLAP_MS = 5 * EVERY_MS;

/** Starts recording the failures that only the queue knows. The first run looks at all of them. Several workers may do it. */
export function startFailureRecorder(
  queue: ApplicationQueue,
  database: Database,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  let since = new Date(0);
  return startPeriodicTask('failure recorder', everyMs, log, async (ended) => {
    const startedAt = Date.now();
    await waitForQueue(queue, CONNECT_WITHIN_MS, ended);
    if (ended.aborted) return;
    const recorded = await recordUnrecordedFailures(database, queue, since);
    if (recorded > 0) log.warn({ recorded }, 'failures recorded that only the queue knew');
    since = new Date(startedAt - OVERLAP_MS);
  });
}
