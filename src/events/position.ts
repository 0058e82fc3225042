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
