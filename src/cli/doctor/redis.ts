import type { Redis } from 'ioredis';
import { isRefused, primaries, type RedisClient } from '../../queue/connection';
import type { Queues } from '../../queue/queues';
import { readInfo } from '../../queue/redis-info';
import { explainRefusal } from '../../queue/redis-refusal';
import { fault, hidden, ok, warning, type Result } from './finding';

const OLDEST_VERSION = [6, 2] as const;
const TEST_KEY_MS = 1000;
const LEVELS: readonly Result['level'][] = ['fault', 'warning', 'ok'];

/** Returns a check that runs on each primary, one in a cluster or several, and returns the worst result. */
export function onEachPrimary(check: (redis: Redis) => Promise<Result>) {
  return async ({ push }: Queues): Promise<Result> => {
    const results = await Promise.all(primaries(push.connection).map(check));
    const worst = LEVELS.flatMap((level) => results.find((result) => result.level === level) ?? []);
    return worst[0] ?? fault('the cluster has no primary', 'repair the cluster');
  };
}

/** Returns the check that as many replicas are connected as REDIS_MIN_REPLICAS requires. */
export function checkReplicas(required: number) {
  return async (redis: Redis): Promise<Result> => {
    const replicas = (await readInfo(redis, 'replication'))?.get('connected_slaves');
    if (replicas === undefined) return hidden('the number of replicas', `${required} or more`);
    const detail = `${replicas} connected, REDIS_MIN_REPLICAS is ${required}`;
    if (Number(replicas) < required)
      return fault(`${detail}: webhooks are refused`, 'start the missing replicas');
    return required > 0 && Number(replicas) === required
      ? warning(`${detail}: webhooks are refused if one is lost`, 'add a replica')
      : ok(detail);
  };
}

export async function checkRedisVersion(redis: Redis): Promise<Result> {
  const info = await readInfo(redis, 'server');
  const valkey = info?.get('valkey_version');
  if (valkey !== undefined) return ok(`Valkey ${valkey}`);
  const version = info?.get('redis_version');
  if (version === undefined) return hidden('the version', `${OLDEST_VERSION.join('.')} or later`);
  const [major = 0, minor = 0] = version.split('.').map(Number);
  const isSupported =
    major > OLDEST_VERSION[0] || (major === OLDEST_VERSION[0] && minor >= OLDEST_VERSION[1]);
  return isSupported
    ? ok(`Redis ${version}`)
    : fault(
        `Redis ${version} is not supported`,
        `upgrade to Redis ${OLDEST_VERSION.join('.')} or later, or Valkey`,
      );
}

/**
 * Writes a key that expires, because Redis refuses writes for several reasons: it is a replica, its memory is full, or its disk fails.
 * @param key a key of conv's own
 */
export async function checkRedisWrites(redis: RedisClient, key: string): Promise<Result> {
  try {
    await redis.set(key, '1', 'PX', TEST_KEY_MS);
    return ok('writable');
  } catch (error) {
    const refusal = explainRefusal(error);
    if (refusal) return fault(refusal.problem, refusal.remedy);
    if (!isRefused(error)) throw error;
    return fault(`a write was refused: ${(error as Error).message}`, 'repair the cause that Redis names');
  }
}
