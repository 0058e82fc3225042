import { QueryTypes } from 'sequelize';
import type { FeedEventType, FeedEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { isUuid } from '../lib/ids';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

export interface FeedQuery {
  /** The cursor: an event's id. Null begins with the oldest event there is. */
  after: string | null;
  types: FeedEventType[] | undefined;
  limit: number;
}

export interface FeedPage {
  data: FeedEvent[];
  /** Where to read on; null only where nothing ever happened. */
  next_cursor: string | null;
}

interface Row {
  id: string;
  type: FeedEventType;
  created_at: Date;
  data: FeedEvent['data'];
}

/** A row of the join below: the newest event alone where the page is empty. */
type Found = (Row | { id: null }) & { newest_id: string };

/** The page and the newest event in one snapshot: a page that is not full is complete up to that event. */
const READ = `
SELECT page.*, newest.id AS newest_id FROM
  (SELECT id FROM events WHERE position IS NOT NULL ORDER BY position DESC LIMIT 1) AS newest
  LEFT JOIN LATERAL (
    SELECT id, type, created_at, data, position FROM events
    WHERE position > :position AND (:everyType OR type IN (:types))
    ORDER BY position LIMIT :limit
  ) AS page ON true
ORDER BY page.position`;

/**
 * Gives every committed event that has none yet its position, and tells the newest one. Positions are given after the commit,
 * under a lock, so they become visible in their own order, whatever order the transactions began or ended in.
 */
export function assignPositions({ sequelize }: Database): Promise<string> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<{ newest: string }>('SELECT place_events() AS newest', {
      type: QueryTypes.SELECT,
    });
    return row?.newest ?? '0';
  });
}

async function positionOf({ sequelize }: Database, after: string | null): Promise<string> {
  if (after === null) return '0';
  const gone = new ConvError(
    'GONE',
    'the event that "after" names was removed, or never was: read again from the beginning',
  );
  if (!isUuid(after)) throw gone;
  const [row] = await sequelize.query<{ position: string | null }>(
    'SELECT position FROM events WHERE id = :after',
    {
      type: QueryTypes.SELECT,
      replacements: { after },
    },
  );
  if (!row?.position) throw gone;
  return row.position;
}

/**
 * What happened after an event, in the order that never changes. Reading on from `next_cursor` gives every event exactly once.
 * @throws ConvError GONE for a cursor whose event is not there
 */
export function readFeed(database: Database, { after, types, limit }: FeedQuery): Promise<FeedPage> {
  return withDatabaseErrors(async () => {
    const position = await positionOf(database, after);
    const rows = await database.sequelize.query<Found>(READ, {
      type: QueryTypes.SELECT,
      replacements: { position, limit, everyType: types === undefined, types: types ?? [''] },
    });
    const data = rows
      .filter((row): row is Row & Found => row.id !== null)
      .map(({ id, type, created_at, data }) => ({ id, type, created_at: created_at.toISOString(), data }));
    const newest = rows[0]?.newest_id ?? null;
    const next_cursor = data.length === limit ? (data.at(-1)?.id ?? null) : (newest ?? after);
    return { data, next_cursor };
  });
}
