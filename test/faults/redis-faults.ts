import { setTimeout as wait } from 'node:timers/promises';
import { withDeadline } from '../../src/lib/shutdown';
import type { TestSystem } from './system';

const HOLD_MS = 1000;

export async function outOfMemory(
  { redisAdmin }: TestSystem,
  { lastsMs }: { lastsMs: number },
): Promise<void> {
  const used = Number(/used_memory:(\d+)/.exec(await redisAdmin.info('memory'))?.[1]);
  await redisAdmin.config('SET', 'maxmemory', String(Math.floor(used * 0.9)));
  await wait(lastsMs);
  await redisAdmin.config('SET', 'maxmemory', '0');
}

/** Redis exits when it cannot write; it is restarted when there is space. */
export async function diskFull({ disk, redis }: TestSystem, { lastsMs }: { lastsMs: number }): Promise<void> {
  await disk?.fill();
  const ended = await withDeadline(redis.ended(), 10_000);
  await wait(lastsMs);
  await disk?.free();
  if (ended) await redis.start();
}

/** Disconnects the workers from PostgreSQL, so that new applications exist in Redis alone when it fails. */
async function holdWorkers({ workers }: TestSystem): Promise<() => void> {
  for (const { toPostgres } of workers) toPostgres.cut();
  await wait(HOLD_MS);
  return () => workers.forEach(({ toPostgres }) => toPostgres.restore());
}

export async function killRedis(system: TestSystem): Promise<void> {
  const release = await holdWorkers(system);
  await system.redis.signal('SIGKILL');
  await system.redis.start();
  release();
}

export async function powerCut(system: TestSystem): Promise<void> {
  const { disk, redis } = system;
  const release = await holdWorkers(system);
  await redis.signal('SIGKILL');
  await redis.ended();
  await disk?.losePower();
  await redis.start();
  release();
}
