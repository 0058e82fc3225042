import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** Committed events that no reader sees yet. */
export interface FeedLag {
  count: number;
  /** Since the oldest of them was written; 0 without any. */
  oldest_seconds: number;
}

const READ_LAG = `
SELECT count(*)::int AS count, coalesce(greatest(0, extract(epoch FROM now() - min(created_at))), 0)::float AS oldest_seconds
FROM events WHERE position IS NULL`;

/** Returns how many events have no position, and the age of the oldest. */
export function readFeedLag({ sequelize }: Database): Promise<FeedLag> {
  return withDatabaseErrors(async () => {
    const [lag] = await sequelize.query<FeedLag>(READ_LAG, { type: QueryTypes.SELECT });
    if (!lag) throw new Error('the query returns one row');
    return lag;
  });
}
