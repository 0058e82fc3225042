import type { Redis } from 'ioredis';
import { readInfo, readSetting } from './redis-info';

/** A setting of Redis without which an acknowledged application can be lost. */
export interface DurabilityRule {
  setting: 'appendonly' | 'appendfsync' | 'maxmemory-policy';
  expected: string;
  /** Returns the value, or null where the provider hides it. */
  read(redis: Redis): Promise<string | null>;
  /** Describes what another value than the expected one causes. */
  describeLoss(value: string): string;
}

/** INFO shows whether there is an append-only file, also where CONFIG is forbidden. */
async function readAppendOnly(redis: Redis): Promise<string | null> {
  const setting = await readSetting(redis, 'appendonly');
  if (setting !== null) return setting;
  const enabled = (await readInfo(redis, 'persistence'))?.get('aof_enabled');
  if (enabled === undefined) return null;
  return enabled === '1' ? 'yes' : 'no';
}

async function readEviction(redis: Redis): Promise<string | null> {
  const setting = await readSetting(redis, 'maxmemory-policy');
  return setting ?? (await readInfo(redis, 'memory'))?.get('maxmemory_policy') ?? null;
}

export const APPEND_ONLY: DurabilityRule = {
  setting: 'appendonly',
  expected: 'yes',
  read: readAppendOnly,
  describeLoss: () => 'a restart loses accepted applications',
};

export const APPEND_SYNC: DurabilityRule = {
  setting: 'appendfsync',
  expected: 'always',
  read: (redis) => readSetting(redis, 'appendfsync'),
  describeLoss: (value) =>
    `a crash loses ${value === 'everysec' ? 'up to a second of' : 'many'} accepted applications`,
};

export const EVICTION: DurabilityRule = {
  setting: 'maxmemory-policy',
  expected: 'noeviction',
  read: readEviction,
  describeLoss: () => 'a full Redis deletes accepted applications',
};

/** A rule that a Redis breaks, or hides. */
export interface DurabilityRisk {
  rule: DurabilityRule;
  /** Null where the provider hides it. */
  value: string | null;
}

/** Returns the rules that one of these Redis breaks or hides, each rule once. */
export async function findDurabilityRisks(nodes: readonly Redis[]): Promise<DurabilityRisk[]> {
  const risks: DurabilityRisk[] = [];
  for (const rule of [APPEND_ONLY, APPEND_SYNC, EVICTION]) {
    const values = await Promise.all(nodes.map((node) => rule.read(node)));
    const broken = values.find((value) => value !== rule.expected);
    if (broken !== undefined) risks.push({ rule, value: broken });
  }
  return risks;
}

export function describeRisk({ rule, value }: DurabilityRisk): string {
  return value === null
    ? `${rule.setting} unknown, the provider hides it: check that it is ${rule.expected}`
    : `${rule.setting} ${value}: ${rule.describeLoss(value)}`;
}
