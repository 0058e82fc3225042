import type { Redis } from 'ioredis';
import { isRefused } from '../../queue/connection';
import { fault, hidden, ok, warning, type Result } from './finding';
import { readInfo } from './redis';

/** The webhook refuses applications above 90 % of the memory limit. */
const FULL = 0.9;
const NEARLY_FULL = 0.75;
const MEGABYTE = 1024 * 1024;

/** Returns a setting of Redis, or null where the provider hides it. */
async function readSetting(redis: Redis, name: string): Promise<string | null> {
  try {
    const answer: unknown = await redis.config('GET', name);
    const value: unknown = Array.isArray(answer) ? answer[1] : (answer as Record<string, unknown>)[name];
    return typeof value === 'string' ? value : null;
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

/** INFO shows whether there is an append-only file, also where CONFIG is forbidden. */
async function readAppendOnly(redis: Redis): Promise<string | null> {
  const setting = await readSetting(redis, 'appendonly');
  if (setting !== null) return setting;
  const enabled = (await readInfo(redis, 'persistence'))?.get('aof_enabled');
  if (enabled === undefined) return null;
  return enabled === '1' ? 'yes' : 'no';
}

export async function checkAppendOnly(redis: Redis): Promise<Result> {
  const value = await readAppendOnly(redis);
  if (value === null) return hidden('appendonly', 'yes');
  return value === 'yes'
    ? ok('appendonly yes')
    : fault(
        `appendonly ${value}: a restart loses accepted applications`,
        'set appendonly to yes and appendfsync to always',
      );
}

export async function checkAppendSync(redis: Redis): Promise<Result> {
  const value = await readSetting(redis, 'appendfsync');
  if (value === null) return hidden('appendfsync', 'always');
  if (value === 'always') return ok('appendfsync always');
  const loss = value === 'everysec' ? 'up to a second of' : 'many';
  return warning(
    `appendfsync ${value}: a crash loses ${loss} accepted applications`,
    'set appendfsync to always',
  );
}

export async function checkEviction(redis: Redis): Promise<Result> {
  const setting = await readSetting(redis, 'maxmemory-policy');
  const policy = setting ?? (await readInfo(redis, 'memory'))?.get('maxmemory_policy') ?? null;
  if (policy === null) return hidden('maxmemory-policy', 'noeviction');
  return policy === 'noeviction'
    ? ok('maxmemory-policy noeviction')
    : fault(
        `maxmemory-policy ${policy}: a full Redis deletes accepted applications`,
        'set maxmemory-policy to noeviction',
      );
}

export async function checkMemory(redis: Redis): Promise<Result> {
  const info = await readInfo(redis, 'memory');
  if (info === null) return hidden('the memory limit', 'far above the memory in use');
  const max = Number(info.get('maxmemory') ?? 0);
  const used = Number(info.get('used_memory') ?? 0);
  const usedMegabytes = Math.ceil(used / MEGABYTE);
  if (max === 0) return ok(`${usedMegabytes} MB used, no limit`);
  const detail = `${usedMegabytes} of ${Math.round(max / MEGABYTE)} MB used`;
  const remedy = 'raise maxmemory, or see "Redis is full" in docs/operations.md';
  if (used > max * FULL) return fault(`${detail}: webhooks are refused`, remedy);
  return used > max * NEARLY_FULL ? warning(detail, remedy) : ok(detail);
}
