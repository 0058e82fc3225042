import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { removeDevFile } from './dev-file';
import { holdHome } from './home-lock';
import { startPostgres } from './postgres';
import { dataElsewhere, stopLeftOverPostgres } from './postgres-data';
import { startRedis, stopLeftOverRedis } from './redis';
import { storeSecrets } from './secrets';
import type { RunningStore } from './store-process';
import { type Report, supervise } from './supervise';

export interface StoreUrls {
  databaseUrl: string;
  redisUrl: string;
}

export interface Stores extends StoreUrls {
  /** Stops what was started, and gives the home back. May be called more than once. */
  stop(): Promise<void>;
}

export interface StoresOptions {
  /** The folder of all data; made where it is missing. */
  home: string;
  /** A PostgreSQL or Redis to use instead of an embedded one. */
  databaseUrl?: string | undefined;
  redisUrl?: string | undefined;
  /** For PATH, HOME and XDG_CACHE_HOME. */
  env: NodeJS.ProcessEnv;
  /** Called once per part when it serves, and when one ends unexpectedly or runs again. */
  report: Report;
  onDied?: ((part: string) => void) | undefined;
}

interface Running {
  url: string;
  stop(): Promise<void>;
}

/** One store, supervised; or the given one, which is neither started nor stopped by us. */
async function open(
  options: StoresOptions,
  given: { url: string | undefined; name: string; variable: string },
  start: () => Promise<RunningStore>,
): Promise<Running> {
  const { report, onDied } = options;
  const begun = Date.now();
  if (given.url !== undefined) {
    report(given.name, `given by ${given.variable}`, 0);
    return { url: given.url, stop: () => Promise.resolve() };
  }
  const { name, url, port, life, launch } = await start();
  report(name, `port ${port}`, Date.now() - begun);
  const supervised = supervise({ name, launch, report, onDied }, life);
  return { url, stop: () => supervised.stop() };
}

async function openBoth(options: StoresOptions): Promise<[Running, Running]> {
  const { home, databaseUrl, redisUrl, env } = options;
  const secrets = await storeSecrets(home);
  const [postgres, redis] = await Promise.allSettled([
    open(options, { url: databaseUrl, name: 'PostgreSQL', variable: 'DATABASE_URL' }, () =>
      startPostgres(home, secrets.postgres, env),
    ),
    open(options, { url: redisUrl, name: 'Redis', variable: 'REDIS_URL' }, () =>
      startRedis(home, secrets.redis, env),
    ),
  ]);
  if (postgres.status === 'fulfilled' && redis.status === 'fulfilled') return [postgres.value, redis.value];
  for (const store of [postgres, redis]) if (store.status === 'fulfilled') await store.value.stop();
  throw postgres.status === 'rejected' ? postgres.reason : (redis as PromiseRejectedResult).reason;
}

/**
 * Starts embedded PostgreSQL (database `conv`) and Redis under `home`; a URL given replaces that store. A store that
 * ends unexpectedly is started again on its port. They end with `stop()`, and also when this process is killed.
 * @throws ConvError CONFLICT where a living process holds this home
 * @throws Error with one clear line and the store's own last words where one does not start; the other is then stopped
 */
export async function startStores(options: StoresOptions): Promise<Stores> {
  const home = resolve(options.home);
  const release = await holdHome(home);
  try {
    await removeDevFile(home);
    const [postgres, redis] = await openBoth({ ...options, home });
    let stopping: Promise<void> | undefined;
    const stopAll = async (): Promise<void> => {
      await Promise.all([postgres.stop(), redis.stop()]);
      await release();
    };
    return { databaseUrl: postgres.url, redisUrl: redis.url, stop: () => (stopping ??= stopAll()) };
  } catch (error) {
    await release();
    throw error;
  }
}

/** Stops what a killed process left running on this home and removes all its data, wherever it is kept. */
export async function destroyHome(home: string): Promise<void> {
  const folder = resolve(home);
  const release = await holdHome(folder);
  const elsewhere = await dataElsewhere(folder);
  await stopLeftOverRedis(folder);
  await stopLeftOverPostgres(elsewhere ?? join(folder, 'postgres'));
  if (elsewhere !== null) await rm(elsewhere, { recursive: true, force: true });
  await release();
  await rm(folder, { recursive: true, force: true });
}
