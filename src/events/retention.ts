import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

const PAGE_SIZE = 5000;

/**
 * Reads a page of the feed and deletes its old events, except: the newest of the feed (its id is the cursor of every reader that is
 * up to date), those whose push is pending or parked, and, with :pushing, those that were not enqueued for pushing yet. Events
 * without a position are in no page. Records the newest deleted position: a cursor before it is refused, because events after it may
 * be missing. Ids are passed as an array, so that PostgreSQL uses the index and does not read the table.
 */
const PRUNE_PAGE = `
WITH page AS (
  SELECT id, position, created_at < now() - make_interval(days => :days) AS is_old FROM events
  WHERE position > :after ORDER BY position LIMIT :limit),
deleted AS (DELETE FROM events WHERE id = ANY (ARRAY(
  SELECT id FROM page
  WHERE is_old
    AND position < (SELECT max(position) FROM events)
    AND (NOT :pushing OR position <= coalesce((SELECT position FROM event_readers WHERE name = 'push'), 0))
    AND NOT EXISTS (SELECT FROM event_deliveries WHERE event_id = page.id AND status <> 'DELIVERED')))
RETURNING position),
horizon AS (
  INSERT INTO event_readers (name, position) SELECT 'pruned', max(position) FROM deleted HAVING count(*) > 0
  ON CONFLICT (name) DO UPDATE SET position = greatest(event_readers.position, EXCLUDED.position)),
last AS (SELECT position, is_old FROM page ORDER BY position DESC LIMIT 1)
SELECT (SELECT count(*)::int FROM deleted) AS removed,
  (SELECT position FROM last WHERE is_old AND (SELECT count(*) FROM page) = :limit) AS next`;

/** How many events of a page were deleted, and the position after which the next page begins; null after the last page with old events. */
export interface PrunedPage {
  removed: number;
  next: string | null;
}

export const FROM_THE_OLDEST_EVENT = '0';

/**
 * Deletes the events of a page of the feed that are older than `keepDays`.
 * @param pushing whether EVENTS_URL is set, so that events which were not enqueued for pushing are kept
 * @param after the position after which the page begins
 */
export function pruneEvents(
  { sequelize }: Database,
  keepDays: number,
  pushing: boolean,
  after = FROM_THE_OLDEST_EVENT,
): Promise<PrunedPage> {
  return withDatabaseErrors(async () => {
    const [page] = await sequelize.query<PrunedPage>(PRUNE_PAGE, {
      type: QueryTypes.SELECT,
      replacements: { days: keepDays, pushing, after, limit: PAGE_SIZE },
    });
    if (!page) throw new Error('the query returns one row');
    return page;
  });
}
