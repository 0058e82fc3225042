import type { Redis } from 'ioredis';
import {
  APPEND_ONLY,
  APPEND_SYNC,
  describeRisk,
  EVICTION,
  type DurabilityRule,
} from '../../queue/durability';
import { readInfo } from '../../queue/redis-info';
import { fault, hidden, ok, warning, type Result } from './finding';

/** The webhook refuses applications above 90 % of the memory limit. */
const FULL = 0.9;
const NEARLY_FULL = 0.75;
const MEGABYTE = 1024 * 1024;

/** Returns the check of one setting. */
function checkSetting(
  rule: DurabilityRule,
  breach: typeof fault,
  remedy: string,
): (redis: Redis) => Promise<Result> {
  return async (redis) => {
    const value = await rule.read(redis);
    if (value === null) return hidden(rule.setting, rule.expected);
    if (value === rule.expected) return ok(`${rule.setting} ${value}`);
    return breach(describeRisk({ rule, value }), remedy);
  };
}

export const checkAppendOnly = checkSetting(
  APPEND_ONLY,
  fault,
  'set appendonly to yes and appendfsync to always',
);
export const checkAppendSync = checkSetting(APPEND_SYNC, warning, 'set appendfsync to always');
export const checkEviction = checkSetting(EVICTION, fault, 'set maxmemory-policy to noeviction');

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
