import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** The ends of the feed: the newest position, and the newest one that was deleted; '0' without any. */
export interface FeedEnds {
  newest: string;
  pruned: string;
}

const ASSIGN = `
SELECT assign_event_positions() AS newest,
  coalesce((SELECT position FROM event_readers WHERE name = 'pruned'), 0) AS pruned`;

/**
 * Assigns a position to every committed event that has none, one caller at a time, and returns the ends of the feed. Positions are
 * assigned after the commit, so they become visible in their own order, whatever order the transactions began or ended in.
 */
export function refreshFeed({ sequelize }: Database): Promise<FeedEnds> {
  return withDatabaseErrors(async () => {
    const [ends] = await sequelize.query<FeedEnds>(ASSIGN, { type: QueryTypes.SELECT });
    if (!ends) throw new Error('the query returns one row');
    return ends;
  });
}

/** Assigns positions as refreshFeed does, and returns the newest. */
export async function assignPositions(database: Database): Promise<string> {
  return (await refreshFeed(database)).newest;
}

/** The function of the database assigns at most so many positions at a time. */
const BATCH_SIZE = 5000n;

/** Assigns a position to every event that was committed before this call, and returns the newest position. */
export async function assignAllPositions(database: Database): Promise<string> {
  for (let before = await assignPositions(database); ;) {
    const newest = await assignPositions(database);
    // This call assigned fewer than it may, so it left out none. Workers may add events all the time; these need not be awaited.
    if (BigInt(newest) - BigInt(before) < BATCH_SIZE) return newest;
    before = newest;
  }
}
