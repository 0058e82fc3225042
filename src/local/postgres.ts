import { join } from 'node:path';
import { Client } from 'pg';
import { errorCode } from '../lib/errors';
import type { Child } from './child';
import { readTextOrNull } from './files';
import { locatePostgres } from './postgres-binaries';
import {
  chooseAccount,
  type Cluster,
  createCluster,
  dataFolder,
  stopLeftoverPostgres,
} from './postgres-data';
import { type RunningStore, startOnFreePort, startStoreProcess } from './store-process';

const DATABASE = 'conv';

/** It names `sslmode`, so that TLS settings in the environment, meant for another server, do not apply. */
function databaseUrl(port: number, password: string, database: string): string {
  return `postgres://conv:${password}@127.0.0.1:${port}/${database}?sslmode=disable`;
}

const SETTINGS = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  max_connections: 200,
  jit: 'off',
  // Keeps names, phone numbers and addresses in statements out of the log.
  log_min_error_statement: 'panic',
  log_error_verbosity: 'terse',
  timezone: 'UTC',
  log_timezone: 'UTC',
};

function startServer({ postgres, data, account, env }: Cluster, logFile: string, port: number): Child {
  const settings = Object.entries({ ...SETTINGS, port }).flatMap(([name, value]) => [
    '-c',
    `${name}=${value}`,
  ]);
  return startStoreProcess({
    name: 'PostgreSQL',
    command: join(postgres, 'bin', 'postgres'),
    args: ['-D', data, ...settings],
    env,
    cwd: data,
    account,
    logFile,
    // PostgreSQL's fast shutdown, its immediate shutdown, and a kill.
    signals: ['SIGINT', 'SIGQUIT', 'SIGKILL'],
    // postmaster.pid: line 1 is the server's process id, line 8 its state.
    isReady: async (pid) => {
      const lines = (await readTextOrNull(join(data, 'postmaster.pid')))?.split('\n') ?? [];
      return lines[0]?.trim() === String(pid) && lines[7]?.trim() === 'ready';
    },
  });
}

/** Creates the database if it is missing. Returns the server's version. */
async function prepareDatabase(port: number, password: string, home: string): Promise<string> {
  const client = new Client({ connectionString: databaseUrl(port, password, 'postgres'), ssl: false });
  try {
    await client.connect();
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [DATABASE]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${DATABASE}`);
    const { rows } = await client.query<{ server_version: string }>('SHOW server_version');
    return rows[0]?.server_version ?? '';
  } catch (error) {
    if (errorCode(error) !== '28P01') throw error;
    throw new Error(
      `PostgreSQL refuses the password in ${join(home, 'secrets.json')}: remove ${home} to start with new data`,
      { cause: error },
    );
  } finally {
    await client.end();
  }
}

/**
 * Starts the embedded PostgreSQL of this home on a free port of 127.0.0.1, after stopping one that a killed stack left.
 * @throws Error that ends with the last lines of PostgreSQL's log if it does not start
 */
export async function startPostgres(
  home: string,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<RunningStore> {
  // The caller's PG* and locale variables would change what initdb and the server do.
  const cleanEnv = { PATH: env['PATH'], LC_ALL: 'C' };
  const account = await chooseAccount(home, cleanEnv);
  const postgres = await locatePostgres(account, env);
  const data = await dataFolder(home, account, cleanEnv);
  const cluster: Cluster = { postgres, data, password, account, env: cleanEnv };
  const start = (port: number): Child => startServer(cluster, join(home, 'postgres.log'), port);
  await stopLeftoverPostgres(data);
  await createCluster(cluster);
  const { port, child } = await startOnFreePort(start);
  try {
    const version = await prepareDatabase(port, password, home);
    const url = databaseUrl(port, password, DATABASE);
    return { name: `PostgreSQL ${version}`, url, port, child, restart: () => start(port) };
  } catch (error) {
    await child.stop();
    throw error;
  }
}
