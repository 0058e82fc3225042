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

/** Of applications that were accepted and whose conversations were not moved. */
const ACCOUNT = `
SELECT cardinality($1::text[]) AS acknowledged,
  cardinality($1::text[]) - (SELECT count(*)::int FROM applications WHERE id = ANY ($1::text[])) AS lost,
  (SELECT count(*)::int FROM (
    SELECT FROM conversations WHERE application_id = ANY ($1::text[]) GROUP BY application_id HAVING count(*) > 1
    UNION ALL
    SELECT FROM events WHERE application_id = ANY ($1::text[]) GROUP BY application_id HAVING count(*) > 1
  ) AS repeated) AS doubled,
  (SELECT count(*)::int FROM applications WHERE id = ANY ($1::text[]) AND status = 'FAILED') AS failed`;

/** Compares every acknowledged application with the rows of PostgreSQL. */
export async function account({ sequelize }: Database, { acknowledged }: Load): Promise<Account> {
  const bind = [[...acknowledged]];
  const [row] = await sequelize.query<Account>(ACCOUNT, { type: QueryTypes.SELECT, bind });
  if (!row) throw new Error('the account returned no row');
  return row;
}

/** The account of a load of which nothing was lost. */
export function complete({ sent }: Load): Account {
  return { acknowledged: sent, lost: 0, doubled: 0, failed: 0 };
}

/** Returns the longest time between two stored outcomes of a load, in milliseconds. */
export async function longestOutcomeGap({ sequelize }: Database, { acknowledged }: Load): Promise<number> {
  const [row] = await sequelize.query<{ ms: number | null }>(
    `SELECT max(gap)::float AS ms FROM (
       SELECT extract(epoch FROM processed_at - lag(processed_at) OVER (ORDER BY processed_at)) * 1000 AS gap
       FROM applications WHERE id = ANY ($1::text[])) AS gaps`,
    { type: QueryTypes.SELECT, bind: [[...acknowledged]] },
  );
  return row?.ms ?? 0;
}
