import { QueryTypes } from 'sequelize';
import type { Database } from '../../../src/models/connect';
import type { Load } from './load';

/** How PostgreSQL accounts for what was acknowledged. */
export interface Account {
  acknowledged: number;
  /** Acknowledged and without an outcome. */
  lost: number;
  /** With more than one conversation or more than one event. */
  doubled: number;
  failed: number;
}

/** Returns the number of applications that have more rows in a table than the one they should have. */
async function countRepeated(database: Database, table: 'conversations' | 'events'): Promise<number> {
  const [rows] = await database.sequelize.query(
    `SELECT application_id FROM ${table} GROUP BY application_id HAVING count(*) > 1`,
  );
  return rows.length;
}

/** Compares every acknowledged application, all accepted and none of them moved, with the rows of PostgreSQL. */
export async function account(database: Database, { acknowledged }: Load): Promise<Account> {
  const rows = await database.applications.findAll({ attributes: ['id', 'status'] });
  const stored = new Map(rows.map(({ id, status }) => [id, status]));
  const ids = [...acknowledged];
  return {
    acknowledged: ids.length,
    lost: ids.filter((id) => !stored.has(id)).length,
    doubled: (await countRepeated(database, 'conversations')) + (await countRepeated(database, 'events')),
    failed: ids.filter((id) => stored.get(id) === 'FAILED').length,
  };
}

/**
 * Prints a row of the table in docs/operations.md, "Platforms".
 * @param longestMs the longest times that something did not work
 */
export function printResult(platform: string, result: Account, longestMs: Record<string, number>): void {
  const { acknowledged, lost, doubled, failed } = result;
  const times = Object.entries(longestMs).map(([what, ms]) => `${what} ${(ms / 1000).toFixed(1)} s`);
  process.stderr.write(
    `\n${platform}: ${acknowledged} acknowledged, ${lost} lost, ${doubled} doubled, ${failed} FAILED; ` +
      `longest without: ${times.join(', ')}\n`,
  );
}

/** Returns the longest time between two stored outcomes, in milliseconds. */
export async function longestOutcomeGap({ sequelize }: Database): Promise<number> {
  const [row] = await sequelize.query<{ ms: number | null }>(
    `SELECT max(gap)::float AS ms FROM (
       SELECT extract(epoch FROM processed_at - lag(processed_at) OVER (ORDER BY processed_at)) * 1000 AS gap
       FROM applications) AS gaps`,
    { type: QueryTypes.SELECT },
  );
  return row?.ms ?? 0;
}
