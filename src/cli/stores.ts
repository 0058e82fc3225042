import { once } from 'node:events';
import type { Settings } from '../lib/config';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { TlsSettings } from '../lib/tls';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import type { RedisClient } from '../queue/connection';
import type { PushQueue } from '../queue/push';
import type { Queues } from '../queue/queues';
import type { Io } from './io';
import { STORES, explainStoreError, nextStep, storeError, type StoreSetting } from './store-errors';

/** A store that does not answer within this time counts as unreachable, so that no command hangs. */
const CONNECT_TIMEOUT_MS = 4000;
/** A pool whose connection hangs cannot close; the error message does not wait for it. */
const CLOSE_TIMEOUT_MS = 500;

/**
 * Returns the stores' addresses: from the environment, else of the running local stack. If the environment names one store
 * of another system, the other store is never taken from the local stack.
 * @throws ConvError INVALID (exit 2) if a context is in use
 */
async function findAddresses(io: Io): Promise<Partial<Record<StoreSetting, string>>> {
  const { assertStoresInUse } = await import('./context/find-context');
  await assertStoresInUse(io);
  const { readDevFile, homeFolder } = await import('../local/dev-file');
  const { DATABASE_URL = '', REDIS_URL = '' } = io.env;
  const given = { ...(DATABASE_URL && { DATABASE_URL }), ...(REDIS_URL && { REDIS_URL }) };
  if (DATABASE_URL && REDIS_URL) return given;
  const dev = await readDevFile(homeFolder(io.env, io.cwd));
  const isLocalStack =
    dev && [dev.database_url, ''].includes(DATABASE_URL) && [dev.redis_url, ''].includes(REDIS_URL);
  return isLocalStack ? { DATABASE_URL: dev.database_url, REDIS_URL: dev.redis_url } : given;
}

/** Reads the settings for a command that uses one store, so the other store needs no address. */
async function readStoreSettings(io: Io, setting: StoreSetting): Promise<Settings> {
  const { readSettings } = await import('../lib/config');
  const addresses = await findAddresses(io);
  const { name, code } = STORES[setting];
  if (!addresses[setting])
    throw new ConvError(code, `no ${name} is configured and no local stack is running: ${nextStep(setting)}`);
  const placeholders = {
    DATABASE_URL: STORES.DATABASE_URL.placeholder,
    REDIS_URL: STORES.REDIS_URL.placeholder,
  };
  const isFromEnv = addresses.DATABASE_URL === io.env['DATABASE_URL'];
  const directUrl = isFromEnv ? {} : { DATABASE_DIRECT_URL: '' };
  return readSettings({ ...io.env, ...placeholders, ...addresses, ...directUrl });
}

async function assertConnected(
  connected: Promise<unknown>,
  setting: StoreSetting,
  url: string,
): Promise<void> {
  const { withDeadline } = await import('../lib/shutdown');
  try {
    if (await withDeadline(connected, CONNECT_TIMEOUT_MS)) return;
    throw new Error(`no answer within ${CONNECT_TIMEOUT_MS} ms`);
  } catch (cause) {
    throw storeError(cause, setting, url);
  }
}

async function openDatabase(
  databaseUrl: string,
  tls: TlsSettings,
  withoutTimeLimit: boolean,
): Promise<Database> {
  const { connectDatabase } = await import('../models/connect');
  const { withDeadline } = await import('../lib/shutdown');
  const database = connectDatabase(databaseUrl, { applicationName: 'conv cli', tls, withoutTimeLimit });
  try {
    await assertConnected(database.sequelize.authenticate(), 'DATABASE_URL', databaseUrl);
  } catch (error) {
    await withDeadline(database.sequelize.close(), CLOSE_TIMEOUT_MS);
    throw error;
  }
  return database;
}

interface Queue {
  connection: RedisClient;
  close(): Promise<void>;
}

type OpenQueue<Q extends Queue> = (settings: Settings, log: Logger) => Q;

async function openQueue<Q extends Queue>(settings: Settings, open: OpenQueue<Q>): Promise<Q> {
  const { createLogger } = await import('../lib/log');
  const queue = open(settings, createLogger('cli', 'silent'));
  try {
    await assertConnected(once(queue.connection, 'ready'), 'REDIS_URL', settings.redisUrl);
  } catch (error) {
    await queue.close();
    throw error;
  }
  return queue;
}

/**
 * Runs `work` with the database, and closes the connections afterwards.
 * @param withoutPooler connects to DATABASE_DIRECT_URL, if it is set
 * @throws ConvError DATABASE_UNAVAILABLE (exit 3) within five seconds, with the next step
 */
export async function withDatabase<T>(
  io: Io,
  work: (database: Database, settings: Settings) => Promise<T>,
  { withoutTimeLimit = false, withoutPooler = false } = {},
): Promise<T> {
  const settings = await readStoreSettings(io, 'DATABASE_URL');
  const url = withoutPooler ? settings.databaseDirectUrl : settings.databaseUrl;
  const database = await openDatabase(url, settings.databaseTls, withoutTimeLimit);
  try {
    return await work(database, settings);
  } catch (error) {
    throw explainStoreError(error, 'DATABASE_URL', url);
  } finally {
    await database.sequelize.close();
  }
}

async function withOpenQueue<Q extends Queue, T>(
  io: Io,
  open: OpenQueue<Q>,
  work: (queue: Q) => Promise<T>,
): Promise<T> {
  const settings = await readStoreSettings(io, 'REDIS_URL');
  const queue = await openQueue(settings, open);
  try {
    return await work(queue);
  } catch (error) {
    throw explainStoreError(error, 'REDIS_URL', settings.redisUrl);
  } finally {
    await queue.close();
  }
}

/**
 * Runs `work` with the queue of applications.
 * @throws ConvError QUEUE_UNAVAILABLE (exit 3) within five seconds, with the next step
 */
export async function withQueue<T>(io: Io, work: (queue: ApplicationQueue) => Promise<T>): Promise<T> {
  const { openApplicationQueue } = await import('../queue/applications');
  return withOpenQueue(io, openApplicationQueue, work);
}

/** Runs `work` with the queue of push deliveries. Throws as {@link withQueue}. */
export async function withPushQueue<T>(io: Io, work: (queue: PushQueue) => Promise<T>): Promise<T> {
  const { openPushQueue } = await import('../queue/push');
  return withOpenQueue(io, openPushQueue, work);
}

/** Runs `work` with both queues. Throws as {@link withQueue}. */
export async function withBothQueues<T>(io: Io, work: (queues: Queues) => Promise<T>): Promise<T> {
  const { openQueues } = await import('../queue/queues');
  return withOpenQueue(io, openQueues, work);
}

/** Runs `work` with the database and the queue of applications. Throws as {@link withDatabase} and {@link withQueue}. */
export function withStores<T>(
  io: Io,
  work: (database: Database, queue: ApplicationQueue) => Promise<T>,
): Promise<T> {
  return withDatabase(io, (database) => withQueue(io, (queue) => work(database, queue)));
}
