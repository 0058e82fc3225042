import { Redis } from 'ioredis';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { destroyHome, startStores } from '../../src/local/stores';
import { atEnd } from './cleanup';
import { testUrls } from './env';

export interface OwnRedis {
  url: string;
  redis: Redis;
}

/** Starts a Redis for this test file alone, which may change its settings. */
export function useOwnRedis(): OwnRedis {
  const own = {} as OwnRedis;
  const home = mkdtempSync(join(tmpdir(), 'conv-redis-'));
  let stop: () => Promise<void>;
  beforeAll(async () => {
    const { databaseUrl } = testUrls();
    const stores = await startStores({ home, databaseUrl, env: process.env, report: () => undefined });
    stop = () => stores.stop();
    Object.assign(own, { url: stores.redisUrl, redis: new Redis(stores.redisUrl) });
  });
  atEnd(async () => {
    own.redis.disconnect();
    await stop();
    await destroyHome(home);
  });
  return own;
}
