import { chown, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { readyOrStopped } from '../../../src/local/child';
import { findFreePort } from '../../../src/local/ports';
import { chooseAccount } from '../../../src/local/postgres-data';
import { type Account, run } from '../../../src/local/processes';
import { startStoreProcess } from '../../../src/local/store-process';

/** Where Debian's package puts the programs. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';
const ENV = { PATH: process.env['PATH'], LC_ALL: 'C' };

/** What these tests need of the system. */
export const POSTGRES_15 = { command: `${PROGRAMS}/pg_basebackup`, package: 'postgresql-15' };

/** A PostgreSQL 15 with a superuser `conv` who needs no password. */
export interface PostgresServer {
  port: number;
  /** Address of the database `conv`. */
  url: string;
  /** Runs SQL as the superuser, and returns its rows. */
  query(sql: string, database?: string): Promise<Record<string, unknown>[]>;
  /** Ends the server with SIGKILL. */
  kill(): Promise<void>;
  /** Makes a standby the primary. */
  promote(): Promise<void>;
  /** Stops the server and removes its data. */
  destroy(): Promise<void>;
}

/** A new folder for a server, and the account that the server runs as: PostgreSQL refuses to run as root. */
interface Place {
  folder: string;
  user: Account | undefined;
}

async function createPlace(): Promise<Place> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-postgres-'));
  const user = await chooseAccount(folder, ENV);
  if (user) await chown(folder, user.uid, user.gid);
  return { folder, user };
}

async function runProgram(name: string, args: string[], user: Account | undefined): Promise<void> {
  const { code, output } = await run(join(PROGRAMS, name), args, { env: ENV, account: user });
  if (code !== 0) throw new Error(`${name} ended with ${code}:\n${output}`);
}

async function query(url: string, sql: string): Promise<Record<string, unknown>[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows;
  } finally {
    await client.end();
  }
}

const inDatabase = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Returns the address of the database that every server has. */
const maintenance = (url: string) => inDatabase(url, 'postgres');

async function isReady(url: string): Promise<boolean> {
  return query(maintenance(url), 'SELECT 1').then(
    () => true,
    () => false,
  );
}

/** Starts the server of a place that has data. */
async function start({ folder, user }: Place): Promise<PostgresServer> {
  const port = await findFreePort();
  const data = join(folder, 'data');
  const url = `postgres://conv@127.0.0.1:${port}/conv`;
  const process = startStoreProcess({
    name: 'PostgreSQL 15',
    command: join(PROGRAMS, 'postgres'),
    // The system keeps what a killed server has written; waiting for a busy disk would only make the tests slow.
    args: ['-D', data, '-p', String(port), '-c', 'listen_addresses=127.0.0.1', '-c', 'fsync=off', '-k', ''],
    env: ENV,
    cwd: folder,
    account: user,
    logFile: join(folder, 'log'),
    signals: ['SIGKILL'],
    isReady: () => isReady(url),
  });
  const child = await readyOrStopped(process);
  return {
    port,
    url,
    query: (sql, database = 'conv') => query(inDatabase(url, database), sql),
    kill: () => child.stop(),
    promote: () => runProgram('pg_ctl', ['promote', '--wait', '-D', data], user),
    async destroy() {
      await child.stop();
      await rm(folder, { recursive: true });
    },
  };
}

/** Creates a server with an empty database `conv`, and starts it. */
export async function startPrimary(): Promise<PostgresServer> {
  const place = await createPlace();
  const data = ['-D', join(place.folder, 'data')];
  await runProgram('initdb', [...data, '-U', 'conv', '-A', 'trust', '-E', 'UTF8', '--locale=C'], place.user);
  const server = await start(place);
  await query(maintenance(server.url), 'CREATE DATABASE conv');
  return server;
}

/** Copies a primary, and starts the copy as its standby with the name `standby`. */
export async function startStandby(primary: PostgresServer): Promise<PostgresServer> {
  const place = await createPlace();
  const source = `host=127.0.0.1 port=${primary.port} user=conv application_name=standby`;
  const data = ['-D', join(place.folder, 'data')];
  await runProgram('pg_basebackup', [...data, '-R', '-c', 'fast', '-d', source], place.user);
  return start(place);
}
