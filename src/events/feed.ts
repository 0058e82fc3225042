import { QueryTypes } from 'sequelize';
import type { FeedEventType, FeedEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { isUuid } from '../lib/ids';
import { presentFeedEvent, type FeedEventRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

export interface FeedQuery {
  /** The cursor: an event's id. Null starts with the oldest event. */
  after: string | null;
  types: FeedEventType[] | undefined;
  limit: number;
}

export interface FeedPage {
  data: FeedEvent[];
  /** Where the next page starts; null only where there has never been an event. */
  next_cursor: string | null;
}

/** A row of the join below: only the newest event's id where the page is empty. */
type Row = (FeedEventRecord | { id: null }) & { newestId: string };

/** The page and the newest event in one snapshot: a page that is not full is complete up to that event. */
const READ_PAGE = `
SELECT page.*, newest.id AS "newestId" FROM
  (SELECT id FROM events WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1) AS newest
  LEFT JOIN LATERAL (
    SELECT id, type, created_at AS "createdAt", data, position FROM events
    WHERE position > :position AND (:everyType OR type IN (:types))
    ORDER BY position LIMIT :limit
  ) AS page ON true
ORDER BY page.position`;

/** An event that retention kept is no cursor any more when later ones were deleted: its reader would skip them. */
const FIND_POSITION = `
SELECT position FROM events WHERE id = :after
  AND position >= coalesce((SELECT position FROM event_readers WHERE name = 'pruned'), 0)`;

async function findPosition({ sequelize }: Database, after: string | null): Promise<string> {
  if (after === null) return '0';
  const gone = new ConvError(
    'GONE',
    'no event has the id that "after" names, or events after it were removed: read again from the beginning',
  );
  if (!isUuid(after)) throw gone;
  const [row] = await sequelize.query<{ position: string | null }>(FIND_POSITION, {
    type: QueryTypes.SELECT,
    replacements: { after },
  });
  if (!row?.position) throw gone;
  return row.position;
}

/**
 * Returns the events after a cursor, in an order that never changes. A reader that continues from `next_cursor` sees each event
 * exactly once.
 * @throws ConvError GONE for a cursor whose event, or an event after it, was removed
 */
export function readFeed(database: Database, { after, types, limit }: FeedQuery): Promise<FeedPage> {
  return withDatabaseErrors(async () => {
    const position = await findPosition(database, after);
    const rows = await database.sequelize.query<Row>(READ_PAGE, {
      type: QueryTypes.SELECT,
      replacements: { position, limit, everyType: types === undefined, types: types ?? [''] },
    });
    const data = rows.filter((row): row is FeedEventRecord & Row => row.id !== null).map(presentFeedEvent);
    const newest = rows[0]?.newestId ?? null;
    const next_cursor = data.length === limit ? (data.at(-1)?.id ?? null) : (newest ?? after);
    return { data, next_cursor };
  });
}
