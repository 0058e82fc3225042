import { QueryTypes } from 'sequelize';
import type { Database } from '../../src/models/connect';

/**
 * Returns how many rows were read from the tables of a database so far, by any plan.
 * @param single has one connection, because each one counts for itself until it is idle
 */
export async function rowsRead({ sequelize: single }: Database): Promise<number> {
  await single.query('SELECT pg_stat_force_next_flush()');
  const [read] = await single.query<{ rows: number }>(
    'SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_user_tables',
    { type: QueryTypes.SELECT },
  );
  return read?.rows ?? NaN;
}
