import { existsSync } from 'node:fs';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { migrate } from '../../db/migrate';
import { startStores, type Stores } from '../../src/local/stores';
import { connectDatabase } from '../../src/models/connect';
import { TEMPLATE } from './env';

/** The running stores, for global teardown; both run in jest's main process. */
export interface TestStores {
  home: string;
  stores: Stores;
}

/** Files in memory, on Linux: saves a tenth of the tests' processor time. */
const MEMORY = '/dev/shm';

declare global {
  var convTestStores: TestStores | undefined;
}

/**
 * Turns off syncing to disk, which tests do not need: a busy disk would delay responses that must come within a second.
 * test/local/stores.slow.test.ts checks that the stores sync by default.
 */
async function disableDiskSync({ databaseUrl, redisUrl }: Stores): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query('ALTER SYSTEM SET fsync = off');
  await client.query('SELECT pg_reload_conf()');
  await client.end();
  const redis = new Redis(redisUrl);
  await redis.config('SET', 'appendfsync', 'no');
  redis.disconnect();
}

async function createTemplate(url: string): Promise<void> {
  const client = new Client({ connectionString: url });
  await client.connect();
  await client.query(`CREATE DATABASE ${TEMPLATE}`);
  await client.end();
  const database = connectDatabase(Object.assign(new URL(url), { pathname: `/${TEMPLATE}` }).href);
  await migrate(database.sequelize);
  await database.sequelize.close();
}

/** Starts PostgreSQL and Redis for the tests alone. */
export default async function setup(): Promise<void> {
  const home = await mkdtemp(join(existsSync(MEMORY) ? MEMORY : tmpdir(), 'conv-test-'));
  await chmod(home, 0o711); // PostgreSQL runs as another user where the tests run as root.
  process.env['TEST_HTTP_RECORDINGS'] = await mkdtemp(join(tmpdir(), 'conv-http-'));
  const stores = await startStores({ home, env: process.env, report: () => undefined });
  globalThis.convTestStores = { home, stores };
  process.env['TEST_DATABASE_URL'] = stores.databaseUrl;
  process.env['TEST_REDIS_URL'] = stores.redisUrl;
  await disableDiskSync(stores);
  await createTemplate(stores.databaseUrl);
}
