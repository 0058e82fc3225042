import { processAllLostAgain } from '../applications/lost-outcomes';
import { openTimelineRecord, readTimeline } from '../applications/timeline';
import { recordUnrecordedFailures } from '../applications/unrecorded-failures';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { CONNECT_WITHIN_MS, waitForQueue } from '../queue/open';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 5000;
/** Reading all finished jobs may take minutes. Two workers that do it at once only do it twice. */
const CLAIM_MS = 10 * 60_000;

/**
 * Starts watching PostgreSQL's timeline. After it has changed, one worker does what `conv reconcile` does, for everything that the
 * queue remembers, because the outage may have been long: the new primary may be behind the old one. If that fails, it is tried again.
 */
export function startFailoverWatcher(
  queue: ApplicationQueue,
  database: Database,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  const record = openTimelineRecord(queue);
  /** Also of attempts that failed, which the last one does not find any more. */
  let lost = 0;

  /** A worker that stops leaves the rest to the next one: the timeline stays unreconciled. */
  async function reconcile(before: string, timeline: string, ended: AbortSignal): Promise<void> {
    const failures = await recordUnrecordedFailures(database, queue, new Date(0), ended);
    await processAllLostAgain(database, queue, ended, () => (lost += 1));
    if (ended.aborted) return;
    await record.write(timeline);
    const counts = { before, timeline, lost, failures };
    log.warn(counts, 'PostgreSQL failed over or was restored: lost outcomes are processed again');
    lost = 0;
  }

  return startPeriodicTask('failover watcher', everyMs, log, async (ended) => {
    await waitForQueue(queue, CONNECT_WITHIN_MS, ended);
    if (ended.aborted) return;
    const timeline = await readTimeline(database);
    const before = await record.read();
    if (timeline === null || timeline === before) return;
    if (before === null) await record.write(timeline);
    else if (await record.claim(CLAIM_MS))
      await reconcile(before, timeline, ended).finally(() => record.release());
  });
}
