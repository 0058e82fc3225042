import type { Receiver } from '../events/post-event';
import { FROM_THE_OLDEST_EVENT, pruneEvents, type PrunedPage } from '../events/retention';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

interface RetentionSettings {
  eventsKeepDays: number;
  receiver: Receiver | null;
}

const EVERY_MS = 10 * 60_000;

/** Starts removing old events periodically. Several workers may do it at the same time. */
export function startRetention(
  database: Database,
  { eventsKeepDays, receiver }: RetentionSettings,
  log: Logger,
): PeriodicTask {
  return startPeriodicTask('event retention', EVERY_MS, log, async (ended) => {
    let after: string | null = FROM_THE_OLDEST_EVENT;
    while (after !== null && !ended.aborted) {
      const page: PrunedPage = await pruneEvents(database, eventsKeepDays, receiver !== null, after);
      if (page.removed > 0) log.info({ removed: page.removed }, 'old events removed');
      after = page.next;
    }
  });
}
