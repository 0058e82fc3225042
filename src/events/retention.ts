import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

const BATCH_SIZE = 5000;

/**
 * Deletes old events, except: the newest (its id is the cursor of every reader that is up to date), those without a position,
 * those whose push is pending or parked, and, with :pushing, those that were not enqueued for pushing yet. Records the newest
 * deleted position: a cursor before it is refused, because events after it may be missing.
 */
const PRUNE = `
WITH deleted AS (DELETE FROM events WHERE id IN (
  SELECT id FROM events AS old
  WHERE created_at < now() - make_interval(days => :days)
    AND position < (SELECT max(position) FROM events)
    AND (NOT :pushing OR position <= coalesce((SELECT position FROM event_readers WHERE name = 'push'), 0))
    AND NOT EXISTS (SELECT FROM event_deliveries WHERE event_id = old.id AND status <> 'DELIVERED')
  ORDER BY created_at LIMIT :limit)
RETURNING position),
horizon AS (
  INSERT INTO event_readers (name, position) SELECT 'pruned', max(position) FROM deleted HAVING count(*) > 0
  ON CONFLICT (name) DO UPDATE SET position = greatest(event_readers.position, EXCLUDED.position))
SELECT 1 FROM deleted`;

/**
 * Deletes one batch of the events that are older than `keepDays`.
 * @param pushing whether EVENTS_URL is set, so that events which were not enqueued for pushing are kept
 * @returns how many were deleted, and whether there may be more
 */
export function pruneEvents(
  { sequelize }: Database,
  keepDays: number,
  pushing: boolean,
): Promise<{ removed: number; more: boolean }> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query(PRUNE, {
      type: QueryTypes.SELECT,
      replacements: { days: keepDays, pushing, limit: BATCH_SIZE },
    });
    return { removed: rows.length, more: rows.length === BATCH_SIZE };
  });
}
