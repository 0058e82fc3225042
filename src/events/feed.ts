import { QueryTypes } from 'sequelize';
import type { FeedEventType, FeedEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { isUuid } from '../lib/ids';
import { presentFeedEvent, type FeedEventRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { assignAllPositions } from './position';

export interface FeedQuery {
  /** The cursor: an event's id. Null starts with the oldest event. */
  after: string | null;
  /** Only events created at this time or later. */
  since?: Date | undefined;
  /** Without a cursor: starts with the newest events of these types, as many as this. */
  tail?: number | undefined;
  types: FeedEventType[] | undefined;
  limit: number;
}

export interface FeedPage {
  data: FeedEvent[];
  /** Where the next page starts; null only where there has never been an event. */
  next_cursor: string | null;
}

/** An event of a page, beside the id of the newest event; only that id where the page is empty. */
export type FeedRow = (FeedEventRecord | { id: null }) & { newestId: string };

/** Returns the events of rows that have one. */
export function presentRows(rows: readonly FeedRow[]): FeedEvent[] {
  return rows.filter((row): row is FeedEventRecord & FeedRow => row.id !== null).map(presentFeedEvent);
}

/** The page and the newest event in one snapshot: a page that is not full is complete up to that event. */
const READ_PAGE = `
SELECT page.*, newest.id AS "newestId" FROM
  (SELECT id FROM events WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1) AS newest
  LEFT JOIN LATERAL (
    SELECT id, type, created_at AS "createdAt", data, position FROM events
    WHERE position > :position AND created_at >= :since AND (:everyType OR type IN (:types))
    ORDER BY position LIMIT :limit
  ) AS page ON true
ORDER BY page.position`;

/** An event that retention kept is no cursor any more when later ones were deleted: its reader would skip them. */
const FIND_POSITION = `
SELECT position FROM events WHERE id = :after
  AND position >= coalesce((SELECT position FROM event_readers WHERE name = 'pruned'), 0)`;

/** `min(position)` alone would read the index of positions from its beginning; the sum makes PostgreSQL use the one of times. */
const FIND_START = `
SELECT coalesce(min(position + 0) - 1, (SELECT max(position) FROM events), 0) AS position FROM events
WHERE created_at >= :since`;

/** Returns a position before every event of this time or later, also before those that have none yet. */
async function findStart({ sequelize }: Database, since: Date): Promise<string> {
  const [row] = await sequelize.query<{ position: string }>(FIND_START, {
    type: QueryTypes.SELECT,
    replacements: { since },
  });
  return row?.position ?? '0';
}

/** The position before the first of the newest events. */
const FIND_TAIL = `
SELECT coalesce(min(position) - 1, 0) AS position FROM (
  SELECT position FROM events WHERE position IS NOT NULL AND (:everyType OR type IN (:types))
  ORDER BY position DESC LIMIT :tail) AS newest`;

async function findTail({ sequelize }: Database, tail: number, types: FeedQuery['types']): Promise<string> {
  const [row] = await sequelize.query<{ position: string }>(FIND_TAIL, {
    type: QueryTypes.SELECT,
    replacements: { tail, everyType: types === undefined, types: types ?? [''] },
  });
  return row?.position ?? '0';
}

async function findCursor({ sequelize }: Database, after: string): Promise<string> {
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

/** Events of a time, and the newest, may be the last to get their positions. */
async function findPosition(database: Database, { after, since, tail, types }: FeedQuery): Promise<string> {
  if (after !== null) return findCursor(database, after);
  if (!since && tail === undefined) return '0';
  await assignAllPositions(database);
  return since ? findStart(database, since) : findTail(database, tail ?? 0, types);
}

/**
 * Returns the events after a cursor, in an order that never changes. A reader that continues from `next_cursor` sees each event
 * exactly once.
 * @throws ConvError GONE for a cursor whose event, or an event after it, was removed
 */
export function readFeed(database: Database, query: FeedQuery): Promise<FeedPage> {
  const { after, since = '-infinity', types, limit } = query;
  return withDatabaseErrors(async () => {
    const position = await findPosition(database, query);
    const rows = await database.sequelize.query<FeedRow>(READ_PAGE, {
      type: QueryTypes.SELECT,
      replacements: { position, since, limit, everyType: types === undefined, types: types ?? [''] },
    });
    const data = presentRows(rows);
    const newest = rows[0]?.newestId ?? null;
    const next_cursor = data.length === limit ? (data.at(-1)?.id ?? null) : (newest ?? after);
    return { data, next_cursor };
  });
}
