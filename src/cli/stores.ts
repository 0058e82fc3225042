import { once } from 'node:events';
import type { Redis } from 'ioredis';
import type { Settings } from '../lib/config';
import { ConvError, errorCode } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import type { PushQueue } from '../queue/push';
import type { Io } from './io';

/** Whatever is not reached by then is given up, so that no command hangs. */
const REACH_WITHIN_MS = 4000;
const START_IT = 'start the local stack with `npm start`, or set';

type Code = 'DATABASE_UNAVAILABLE' | 'QUEUE_UNAVAILABLE';

type Store = 'DATABASE_URL' | 'REDIS_URL';

const STORES: Readonly<Record<Store, readonly [name: string, code: Code, otherwise: string]>> = {
  DATABASE_URL: ['PostgreSQL', 'DATABASE_UNAVAILABLE', 'postgres://nowhere'],
  REDIS_URL: ['Redis', 'QUEUE_UNAVAILABLE', 'redis://nowhere'],
};

/** Addresses by setting, else the running local stack's; but never one store of here and the other of elsewhere. */
async function addressesOf(io: Io): Promise<Partial<Record<Store, string>>> {
  const { readDevFile, homeFolder } = await import('../local/dev-file');
  const { DATABASE_URL = '', REDIS_URL = '' } = io.env;
  const given = { ...(DATABASE_URL && { DATABASE_URL }), ...(REDIS_URL && { REDIS_URL }) };
  if (DATABASE_URL && REDIS_URL) return given;
  const dev = await readDevFile(homeFolder(io.env, io.cwd));
  const ofStack =
    dev && [dev.database_url, ''].includes(DATABASE_URL) && [dev.redis_url, ''].includes(REDIS_URL);
  return ofStack ? { DATABASE_URL: dev.database_url, REDIS_URL: dev.redis_url } : given;
}

/** The settings, of which a command that needs only one store gets only that store's address. */
async function settingsOf(io: Io, needed: Store): Promise<Settings> {
  const { readSettings } = await import('../lib/config');
  const addresses = await addressesOf(io);
  const [name, code] = STORES[needed];
  if (!addresses[needed]) throw new ConvError(code, `no ${name} is running here: ${START_IT} ${needed}`);
  const unused = { DATABASE_URL: STORES.DATABASE_URL[2], REDIS_URL: STORES.REDIS_URL[2] };
  return readSettings({ ...io.env, ...unused, ...addresses });
}

/** Why a store cannot be reached, where that says more than that it cannot. */
const REASONS: Readonly<Record<string, string>> = {
  '28P01': 'wrong user or password',
  '28000': 'wrong user or password',
  '3D000': 'there is no such database',
};

function reasonOf(error: unknown): string {
  const parent = error instanceof Error && 'parent' in error ? error.parent : error;
  const reason = REASONS[errorCode(parent) ?? ''];
  return reason === undefined ? '' : ` (${reason})`;
}

async function reach(work: Promise<unknown>, code: Code, what: string): Promise<void> {
  const { withDeadline } = await import('../lib/shutdown');
  try {
    if (await withDeadline(work, REACH_WITHIN_MS)) return;
    throw new Error('no answer in time');
  } catch (error) {
    throw new ConvError(code, what.replace(':reason', reasonOf(error)), { cause: error });
  }
}

const hostOf = (url: string) => new URL(url).host;

async function openDatabase(settings: Settings, withoutTimeLimit: boolean): Promise<Database> {
  const { connectDatabase } = await import('../models/connect');
  const database = connectDatabase(settings.databaseUrl, { applicationName: 'conv cli', withoutTimeLimit });
  const where = `PostgreSQL at ${hostOf(settings.databaseUrl)} cannot be reached:reason: ${START_IT} DATABASE_URL`;
  await reach(database.sequelize.authenticate(), 'DATABASE_UNAVAILABLE', where);
  return database;
}

interface Queue {
  connection: Redis;
  close(): Promise<void>;
}

type Open<Q extends Queue> = (settings: Settings, log: Logger) => Q;

async function openQueue<Q extends Queue>(settings: Settings, open: Open<Q>): Promise<Q> {
  const { createLogger } = await import('../lib/log');
  const queue = open(settings, createLogger('cli', 'silent'));
  const where = `Redis at ${hostOf(settings.redisUrl)} cannot be reached:reason: ${START_IT} REDIS_URL`;
  try {
    await reach(once(queue.connection, 'ready'), 'QUEUE_UNAVAILABLE', where);
  } catch (error) {
    await queue.close();
    throw error;
  }
  return queue;
}

async function closing<T>(work: () => Promise<T>, close: () => Promise<unknown>): Promise<T> {
  try {
    return await work();
  } finally {
    await close();
  }
}

/**
 * Runs a command on the database: DATABASE_URL's, else the running local stack's.
 * @throws ConvError DATABASE_UNAVAILABLE (exit 3) within five seconds, with the way to start it
 */
export async function withDatabase<T>(
  io: Io,
  work: (database: Database) => Promise<T>,
  { withoutTimeLimit = false } = {},
): Promise<T> {
  const database = await openDatabase(await settingsOf(io, 'DATABASE_URL'), withoutTimeLimit);
  return closing(
    () => work(database),
    () => database.sequelize.close(),
  );
}

async function using<Q extends Queue, T>(io: Io, open: Open<Q>, work: (queue: Q) => Promise<T>): Promise<T> {
  const queue = await openQueue(await settingsOf(io, 'REDIS_URL'), open);
  return closing(
    () => work(queue),
    () => queue.close(),
  );
}

/** Runs a command on the applications' queue alone. */
export async function withQueue<T>(io: Io, work: (queue: ApplicationQueue) => Promise<T>): Promise<T> {
  const { openApplicationQueue } = await import('../queue/applications');
  return using(io, openApplicationQueue, work);
}

/** Runs a command on the queue of events for EVENTS_URL. */
export async function withPushQueue<T>(io: Io, work: (queue: PushQueue) => Promise<T>): Promise<T> {
  const { openPushQueue } = await import('../queue/push');
  return using(io, openPushQueue, work);
}

/** Runs a command on database and queue. */
export function withStores<T>(
  io: Io,
  work: (database: Database, queue: ApplicationQueue) => Promise<T>,
): Promise<T> {
  return withDatabase(io, (database) => withQueue(io, (queue) => work(database, queue)));
}
