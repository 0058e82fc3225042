import { findLostOutcomes, processLostAgain } from '../applications/lost-outcomes';
import { openTimelineRecord, readTimeline } from '../applications/timeline';
import { recordUnrecordedFailures } from '../applications/unrecorded-failures';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { openApplicationQueue } from '../queue/applications';
import { waitForQueue, type QueueSettings } from '../queue/open';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 5000;
/** At its start a worker is not connected yet. */
const CONNECT_WITHIN_MS = 5000;
const DAY_MS = 24 * 3_600_000;
/** Reading a day of finished jobs may take minutes. Two workers that do it at once only do it twice. */
const CLAIM_MS = 10 * 60_000;

/**
 * Starts watching PostgreSQL's timeline. After it has changed, one worker does what `conv reconcile` does, for the last day: the
 * new primary may be behind the old one. If that fails, it is tried again.
 */
export function startFailoverWatcher(
  settings: QueueSettings,
  database: Database,
  log: Logger,
  everyMs = EVERY_MS,
): PeriodicTask {
  const queue = openApplicationQueue(settings, log);
  const record = openTimelineRecord(queue, settings.queuePrefix);

  async function reconcile(before: string, timeline: string): Promise<void> {
    const since = new Date(Date.now() - DAY_MS);
    const failures = await recordUnrecordedFailures(database, queue, since);
    const lost = await findLostOutcomes(database, queue, since);
    for (const one of lost) await processLostAgain(one);
    await record.write(timeline);
    const counts = { before, timeline, lost: lost.length, failures };
    log.warn(counts, 'PostgreSQL failed over or was restored: lost outcomes are processed again');
  }

  const task = startPeriodicTask('failover watcher', everyMs, log, async () => {
    await waitForQueue(queue, CONNECT_WITHIN_MS);
    const timeline = await readTimeline(database);
    const before = await record.read();
    if (timeline === null || timeline === before) return;
    if (before === null) await record.write(timeline);
    else if (await record.claim(CLAIM_MS)) await reconcile(before, timeline).finally(() => record.release());
  });
  return {
    async close() {
      await task.close();
      await queue.close();
    },
  };
}
