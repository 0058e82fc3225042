import { QueryTypes } from 'sequelize';
import type { FeedEventType } from '../lib/domain';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { presentRows, type FeedPage, type FeedRow } from './feed';
import { assignAllPositions } from './position';

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
    const rows = await database.sequelize.query<FeedRow>(READ_NEWEST, {
      type: QueryTypes.SELECT,
      replacements: { limit, everyType: types === undefined, types: types ?? [''] },
    });
    return { data: presentRows(rows), next_cursor: rows[0]?.newestId ?? null };
  });
}
