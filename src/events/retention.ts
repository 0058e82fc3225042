import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/**
 * Old events go, but never the newest (a reader that is up to date holds its id as its cursor), never one without a position
 * yet, and never one whose push is not settled: waiting, given up but not sent again, or, where events are pushed at all,
 * not even taken.
 */
const PRUNE = `
DELETE FROM events WHERE id IN (
  SELECT id FROM events AS old
  WHERE created_at < now() - make_interval(days => :days)
    AND position < (SELECT max(position) FROM events)
    AND (NOT :pushing OR position <= coalesce((SELECT position FROM event_readers WHERE name = 'push'), 0))
    AND NOT EXISTS (SELECT FROM event_deliveries WHERE event_id = old.id AND status <> 'DELIVERED')
  ORDER BY created_at LIMIT :portion)
RETURNING 1`;

const PORTION = 5000;

/**
 * Removes a portion of the events older than so many days.
 * @param pushing whether events are pushed: then none goes that was not taken for it
 */
export function pruneEvents(
  { sequelize }: Database,
  keepDays: number,
  pushing: boolean,
): Promise<{ removed: number; more: boolean }> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query(PRUNE, {
      type: QueryTypes.SELECT,
      replacements: { days: keepDays, pushing, portion: PORTION },
    });
    return { removed: rows.length, more: rows.length === PORTION };
  });
}
