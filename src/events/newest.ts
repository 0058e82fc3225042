import { QueryTypes } from 'sequelize';
import type { FeedEventType } from '../lib/domain';
import { presentFeedEvent, type FeedEventRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { FeedPage } from './feed';
import { assignAllPositions } from './position';

/** A row of the join below: only the newest event's id where no event is returned. */
type Row = (FeedEventRecord | { id: null }) & { newestId: string };

/** The last events and the newest one in one snapshot: nothing is between the last event and the cursor. */
const READ_NEWEST = `
SELECT last.*, newest.id AS "newestId" FROM
  (SELECT id FROM events WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1) AS newest
  LEFT JOIN LATERAL (
    SELECT id, type, created_at AS "createdAt", data, position FROM events
    WHERE position IS NOT NULL AND (:everyType OR type IN (:types))
    ORDER BY position DESC LIMIT :limit
  ) AS last ON true
ORDER BY last.position`;

/**
 * Returns the newest events that were committed before this call, oldest first, and the cursor from which the feed continues
 * without a gap. With a limit of 0 it returns the cursor alone.
 */
export function readNewest(
  database: Database,
  { types, limit }: { types?: FeedEventType[] | undefined; limit: number },
): Promise<FeedPage> {
  return withDatabaseErrors(async () => {
    await assignAllPositions(database);
    const rows = await database.sequelize.query<Row>(READ_NEWEST, {
      type: QueryTypes.SELECT,
      replacements: { limit, everyType: types === undefined, types: types ?? [''] },
    });
    const data = rows.filter((row): row is FeedEventRecord & Row => row.id !== null).map(presentFeedEvent);
    return { data, next_cursor: rows[0]?.newestId ?? null };
  });
}
