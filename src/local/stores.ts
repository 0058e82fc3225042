import { randomBytes } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeDevFile } from './dev-file';
import { readTextOrNull, writePrivate } from './files';
import { lockHome } from './home-lock';
import { startPostgres } from './postgres';
import { dataOutsideHome, stopLeftoverPostgres } from './postgres-data';
import { startRedis, stopLeftoverRedis } from './redis';
import { keepRunning, type Report } from './restarts';
import type { RunningStore } from './store-process';

export interface StoreUrls {
  databaseUrl: string;
  redisUrl: string;
}

export interface Stores extends StoreUrls {
  /** Stops the stores that were started, and unlocks the home. Can be called more than once. */
  stop(): Promise<void>;
}

export interface StoresOptions {
  /** The folder for all data; created if it is missing. */
  home: string;
  /** A PostgreSQL or Redis to use instead of an embedded one. */
  databaseUrl?: string | undefined;
  redisUrl?: string | undefined;
  /** For PATH, HOME and XDG_CACHE_HOME. */
  env: NodeJS.ProcessEnv;
  /** Called for each store when it is ready, and when it ends unexpectedly or is restarted. */
  report: Report;
}

interface OpenStore {
  url: string;
  stop(): Promise<void>;
}

interface Passwords {
  postgres: string;
  redis: string;
}

/** Returns the stores' passwords, which are created once and kept in `<home>/secrets.json` (0600). */
async function storePasswords(home: string): Promise<Passwords> {
  const file = join(home, 'secrets.json');
  const text = await readTextOrNull(file);
  if (text !== null) {
    try {
      return JSON.parse(text) as Passwords;
    } catch (error) {
      throw new Error(`${file} is not valid JSON: remove ${home} to start with new data`, { cause: error });
    }
  }
  // Hexadecimal, so that they need no quoting in URLs and configuration files.
  const passwords = { postgres: randomBytes(24).toString('hex'), redis: randomBytes(24).toString('hex') };
  await writePrivate(file, `${JSON.stringify(passwords)}\n`);
  return passwords;
}

async function startStore(report: Report, start: () => Promise<RunningStore>): Promise<OpenStore> {
  const { name, url, port, child, restart } = await start();
  report(name, `ready on port ${port}`);
  return { url, stop: keepRunning({ name, restart, report }, child) };
}

/** Returns a store that we neither start nor stop. */
function useExternal(report: Report, name: string, variable: string, url: string): OpenStore {
  report(name, `uses ${variable}`);
  return { url, stop: () => Promise.resolve() };
}

async function openStores(options: StoresOptions): Promise<[OpenStore, OpenStore]> {
  const { home, databaseUrl, redisUrl, env, report } = options;
  const passwords = await storePasswords(home);
  const [postgres, redis] = await Promise.allSettled([
    databaseUrl === undefined
      ? startStore(report, () => startPostgres(home, passwords.postgres, env))
      : useExternal(report, 'PostgreSQL', 'DATABASE_URL', databaseUrl),
    redisUrl === undefined
      ? startStore(report, () => startRedis(home, passwords.redis, env))
      : useExternal(report, 'Redis', 'REDIS_URL', redisUrl),
  ]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') return [postgres.value, redis.value];
  for (const store of [postgres, redis]) if (store.status === 'fulfilled') await store.value.stop();
  throw postgres.status === 'rejected' ? postgres.reason : (redis as PromiseRejectedResult).reason;
}

/**
 * Starts embedded PostgreSQL (with a database `conv`) and Redis, and restarts either if it ends unexpectedly. They end
 * with `stop()`, or when this process is killed.
 * @throws ConvError CONFLICT if a running process uses this home
 * @throws Error with the last lines of its log if a store does not start; the other one is then stopped
 */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const home = resolve(options.home);
  const unlock = await lockHome(home);
  try {
    await removeDevFile(home);
    const [postgres, redis] = await openStores({ ...options, home });
    let stopped: Promise<void> | undefined;
    const stop = async (): Promise<void> => {
      await Promise.all([postgres.stop(), redis.stop()]);
      await unlock();
    };
    return { databaseUrl: postgres.url, redisUrl: redis.url, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await unlock();
    throw error;
  }
}

/** Stops the stores that a killed process left running on this home, and removes all its data. */
export async function destroyHome(home: string): Promise<void> {
  const folder = resolve(home);
  const unlock = await lockHome(folder);
  const outside = dataOutsideHome(folder);
  await stopLeftoverRedis(folder);
  await stopLeftoverPostgres(outside ?? join(folder, 'postgres'));
  if (outside !== null) await rm(outside, { recursive: true, force: true });
  await unlock();
  await rm(folder, { recursive: true, force: true });
}
