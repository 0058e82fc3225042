import { join } from 'node:path';
import { Client } from 'pg';
import { errorCode } from '../lib/errors';
import { readTextOrNull } from './files';
import type { Life } from './life';
import { postgresAccount } from './postgres-account';
import { type Cluster, createCluster, dataFolder, stopLeftOverPostgres } from './postgres-data';
import { postgresPrograms } from './postgres-programs';
import { shortenLog } from './store-log';
import { launchOnFreePort, launchStore, type RunningStore } from './store-process';

const DATABASE = 'conv';

const urlOf = (port: number, password: string, database: string): string =>
  `postgres://conv:${password}@127.0.0.1:${port}/${database}`;

function settings(port: number): string[] {
  const values = {
    listen_addresses: '127.0.0.1',
    port,
    unix_socket_directories: '',
    max_connections: 200,
    jit: 'off',
    // Its log must not hold what is in the statements: names, numbers, addresses.
    log_min_error_statement: 'panic',
    log_error_verbosity: 'terse',
    timezone: 'UTC',
    log_timezone: 'UTC',
  };
  return Object.entries(values).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

function launchPostgres(cluster: Cluster, logFile: string, port: number): Life {
  const { programs, data, account, env } = cluster;
  return launchStore({
    name: 'PostgreSQL',
    command: join(programs, 'bin', 'postgres'),
    args: ['-D', data, ...settings(port)],
    env,
    cwd: data,
    account,
    logFile,
    // In PostgreSQL's words: fast, immediate, and not at all.
    signals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    // The eighth line says whether the server takes connections; the first, whether it is this one.
    serves: async (pid) => {
      const lines = (await readTextOrNull(join(data, 'postmaster.pid')))?.split('\n') ?? [];
      return lines[0]?.trim() === String(pid) && lines[7]?.trim() === 'ready';
    },
  });
}

/** Creates the database where it is missing. Returns the server's version. */
async function prepareDatabase(port: number, password: string, home: string): Promise<string> {
  const client = new Client({ connectionString: urlOf(port, password, 'postgres'), ssl: false });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '';
  } catch (error) {
    if (errorCode(error) !== '28P01') throw error;
    throw new Error(
      `the password in ${join(home, 'secrets.json')} is not PostgreSQL's: remove ${home} to begin anew`,
      {
        cause: error,
      },
    );
  } finally {
    await client.end();
  }
}

/**
 * Starts the embedded PostgreSQL of this home on a free port of 127.0.0.1, whatever a killed stack left behind.
 * @throws Error that ends with PostgreSQL's own last words where it does not start
 */
export async function startPostgres(
  home: string,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<RunningStore> {
  // PG* and locale variables of the caller would change what initdb and the server do.
  const bare = { PATH: env['PATH'], LC_ALL: 'C' };
  const account = await postgresAccount(join(home, 'postgres'), bare);
  const programs = await postgresPrograms(account, env);
  const data = await dataFolder(home, account, bare);
  const cluster: Cluster = { programs, data, password, account, env: bare };
  const logFile = join(home, 'postgres.log');
  await stopLeftOverPostgres(data);
  await createCluster(cluster);
  await shortenLog(logFile);
  const { port, life } = await launchOnFreePort((candidate) => launchPostgres(cluster, logFile, candidate));
  try {
    const version = await prepareDatabase(port, password, home);
    const launch = (): Life => launchPostgres(cluster, logFile, port);
    return { name: `PostgreSQL ${version}`, url: urlOf(port, password, DATABASE), port, life, launch };
  } catch (error) {
    await life.stop();
    throw error;
  }
}
