import { once } from 'node:events';
import type { Settings } from '../config';
import { ConvError } from '../errors';
import type { Log } from '../log';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import type { Io } from './io';

/** Whatever is not reached by then is given up, so that no command hangs. */
const REACH_WITHIN_MS = 4000;
const START_IT = 'start the local stack with `npm start`, or set';

type Code = 'DATABASE_UNAVAILABLE' | 'QUEUE_UNAVAILABLE';

async function settingsOf(io: Io): Promise<Settings> {
  const { readDevFile, homeFolder } = await import('../local/dev-file');
  const { readSettings } = await import('../config');
  const { DATABASE_URL, REDIS_URL } = io.env;
  const dev = DATABASE_URL && REDIS_URL ? null : await readDevFile(homeFolder(io.env, io.cwd));
  const database = DATABASE_URL || dev?.database_url;
  const redis = REDIS_URL || dev?.redis_url;
  if (!database)
    throw new ConvError('DATABASE_UNAVAILABLE', `no PostgreSQL is running here: ${START_IT} DATABASE_URL`);
  // A command that needs no queue must not fail for the lack of one; the address is used only where it is opened.
  return readSettings({ ...io.env, DATABASE_URL: database, REDIS_URL: redis ?? 'redis://127.0.0.1:6379' });
}

async function reach(work: Promise<unknown>, code: Code, what: string): Promise<void> {
  const { withDeadline } = await import('../shutdown');
  try {
    if (await withDeadline(work, REACH_WITHIN_MS)) return;
    throw new Error('no answer in time');
  } catch (error) {
    throw new ConvError(code, what, { cause: error });
  }
}

const hostOf = (url: string) => new URL(url).host;

async function openDatabase(settings: Settings): Promise<Database> {
  const { connectDatabase } = await import('../models/connect');
  const database = connectDatabase(settings.databaseUrl, { applicationName: 'conv cli' });
  const where = `PostgreSQL at ${hostOf(settings.databaseUrl)} cannot be reached: ${START_IT} DATABASE_URL`;
  await reach(database.sequelize.authenticate(), 'DATABASE_UNAVAILABLE', where);
  return database;
}

async function openQueue(settings: Settings, log: Log): Promise<ApplicationQueue> {
  const { openApplicationQueue } = await import('../queue/applications');
  const queue = openApplicationQueue(settings, log);
  const where = `Redis at ${hostOf(settings.redisUrl)} cannot be reached: ${START_IT} REDIS_URL`;
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
export async function withDatabase<T>(io: Io, work: (database: Database) => Promise<T>): Promise<T> {
  const database = await openDatabase(await settingsOf(io));
  return closing(
    () => work(database),
    () => database.sequelize.close(),
  );
}

/** Runs a command on the queue alone. */
export async function withQueue<T>(io: Io, work: (queue: ApplicationQueue) => Promise<T>): Promise<T> {
  const { createLog } = await import('../log');
  const queue = await openQueue(await settingsOf(io), createLog('cli', 'silent'));
  return closing(
    () => work(queue),
    () => queue.close(),
  );
}

/** Runs a command on database and queue. */
export function withStores<T>(
  io: Io,
  work: (database: Database, queue: ApplicationQueue) => Promise<T>,
): Promise<T> {
  return withDatabase(io, (database) => withQueue(io, (queue) => work(database, queue)));
}
