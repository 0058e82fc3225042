import { QueryTypes } from 'sequelize';
import type { Settings } from '../../lib/config';
import type { Database } from '../../models/connect';
import { LISTENING_CONNECTIONS, poolSize } from '../../models/pool-sizes';
import { fault, ok, warning, type Result } from './finding';

const OLDEST_VERSION = 15;
/** A server is nearly out of connections above this part of them. */
const MANY_CONNECTIONS = 0.8;

export async function checkPostgresVersion({ sequelize }: Database): Promise<Result> {
  const [row] = await sequelize.query<{ version: string; major: number }>(
    `SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int / 10000 AS major`,
    { type: QueryTypes.SELECT },
  );
  const { version, major } = row ?? { version: 'unknown', major: 0 };
  return major >= OLDEST_VERSION
    ? ok(`PostgreSQL ${version}`)
    : fault(`PostgreSQL ${version} is not supported`, `upgrade to PostgreSQL ${OLDEST_VERSION} or later`);
}

const WRITABILITY = `
SELECT pg_is_in_recovery() AS "isStandby", current_setting('transaction_read_only') = 'on' AS "isReadOnly",
  (SELECT string_agg(relname, ', ') FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'
    AND NOT (has_table_privilege(oid, 'INSERT') AND has_table_privilege(oid, 'UPDATE') AND has_table_privilege(oid, 'DELETE'))
  ) AS "deniedTables"`;

interface Writability {
  isStandby: boolean;
  isReadOnly: boolean;
  deniedTables: string | null;
}

export async function checkPostgresWrites({ sequelize }: Database): Promise<Result> {
  const [row] = await sequelize.query<Writability>(WRITABILITY, { type: QueryTypes.SELECT });
  if (row?.isStandby)
    return fault(
      'it is a standby, which accepts no writes',
      'promote it, or set DATABASE_URL to the primary',
    );
  if (row?.isReadOnly)
    return fault(
      'the database is read-only',
      'set default_transaction_read_only to off for this database and user',
    );
  if (row?.deniedTables)
    return fault(
      `this user may not write to ${row.deniedTables}`,
      'grant it INSERT, UPDATE and DELETE on them',
    );
  return ok('primary, writable');
}

export async function checkSynchronousCommit({ sequelize }: Database): Promise<Result> {
  const [row] = await sequelize.query<{ value: string }>(
    `SELECT current_setting('synchronous_commit') AS value`,
    { type: QueryTypes.SELECT },
  );
  const value = row?.value ?? 'unknown';
  return value === 'off'
    ? fault('synchronous_commit is off: a crash loses outcomes', 'set synchronous_commit to on')
    : ok(`synchronous_commit is ${value}`);
}

const CONNECTIONS = `
SELECT current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int
    - coalesce(current_setting('reserved_connections', true), '0')::int AS usable,
  count(*)::int AS used, (count(*) FILTER (WHERE application_name NOT LIKE 'conv %'))::int AS others
FROM pg_stat_activity WHERE backend_type = 'client backend'`;

const MORE_CONNECTIONS = 'raise max_connections, lower DATABASE_POOL_SIZE, or run fewer processes';

/** Returns a check of whether the server has connections for web on one machine and for one worker. */
export function checkConnections({
  webConcurrency,
  databasePoolSize,
}: Pick<Settings, 'webConcurrency' | 'databasePoolSize'>): (database: Database) => Promise<Result> {
  const web = poolSize('web', databasePoolSize) + LISTENING_CONNECTIONS;
  const worker = poolSize('worker', databasePoolSize) + LISTENING_CONNECTIONS;
  const needed = webConcurrency * web + worker;
  return async ({ sequelize }) => {
    const [row] = await sequelize.query<{ usable: number; used: number; others: number }>(CONNECTIONS, {
      type: QueryTypes.SELECT,
    });
    const { usable, used, others } = row ?? { usable: 0, used: 0, others: 0 };
    const detail = `${used} of ${usable} connections are used; a web process opens up to ${web}, a worker ${worker}`;
    if (needed + others > usable)
      return warning(
        `${detail}; WEB_CONCURRENCY=${webConcurrency} and one worker need ${needed}, other programs use ${others}`,
        MORE_CONNECTIONS,
      );
    if (used > usable * MANY_CONNECTIONS) return warning(detail, MORE_CONNECTIONS);
    return ok(detail);
  };
}
