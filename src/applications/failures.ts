import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** FAILED applications that nobody has dismissed; the index on their status finds them. */
const OPEN_FAILURES = `FROM applications WHERE status = 'FAILED' AND dismissed_at IS NULL`;

const COUNT_FAILURES = `SELECT count(*)::integer AS count FROM (SELECT ${OPEN_FAILURES} LIMIT $1) AS failures`;

/**
 * Counts FAILED applications that nobody has dismissed.
 * @param most where it stops counting
 * @throws ConvError DATABASE_UNAVAILABLE
 */
export function countFailures({ sequelize }: Database, most: number): Promise<number> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<{ count: number }>(COUNT_FAILURES, {
      type: QueryTypes.SELECT,
      bind: [most],
    });
    return row?.count ?? 0;
  });
}
