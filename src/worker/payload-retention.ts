import { clearPayloads, FROM_THE_OLDEST, SETTLED_STATUSES } from '../applications/payload-retention';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { startPeriodicTask, type PeriodicTask } from './periodic-task';

const EVERY_MS = 6 * 3_600_000;

/**
 * Starts removing the payloads of old applications periodically. Several workers may do it at the same time.
 * @param keepDays null keeps them for ever
 */
export function startPayloadRetention(
  database: Database,
  keepDays: number | null,
  log: Logger,
): PeriodicTask {
  if (keepDays === null) return { close: () => Promise.resolve() };
  return startPeriodicTask('payload retention', EVERY_MS, log, async (ended) => {
    let removed = 0;
    for (const status of SETTLED_STATUSES) {
      let after: typeof FROM_THE_OLDEST | null = FROM_THE_OLDEST;
      while (after && !ended.aborted) {
        const { cleared, next } = await clearPayloads(database, keepDays, status, after);
        removed += cleared;
        after = next;
      }
    }
    if (removed > 0) log.info({ removed }, 'payloads of old applications removed');
  });
}
