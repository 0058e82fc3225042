import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/**
 * Assigns a position to every committed event that has none, one caller at a time, and returns the newest position ('0' without
 * events). Positions are assigned after the commit, so they become visible in their own order, whatever order the transactions
 * began or ended in.
 */
export function assignPositions({ sequelize }: Database): Promise<string> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<{ newest: string }>('SELECT assign_event_positions() AS newest', {
      type: QueryTypes.SELECT,
    });
    return row?.newest ?? '0';
  });
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
