import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { migrate } from '../../db/migrate';
import { startStores, type Stores } from '../../src/local/stores';
import { connectDatabase } from '../../src/models/connect';

/** What global teardown needs; both run in jest's own process. */
export interface TestStores {
  home: string;
  stores: Stores;
}

declare global {
  var convTestStores: TestStores | undefined;
}

/** The template that every test database is a copy of: see support/database.ts. */
export const TEMPLATE = 'conv_template';

/**
 * Nobody pulls the plug on the tests: waiting for the disk at every commit would only make them slow, and on a busy disk too
 * slow for what has to answer within a second. test/local/stores.test.ts shows that the stores wait for it by themselves.
 */
async function trustTheMachine({ databaseUrl, redisUrl }: Stores): Promise<void> {
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

/** Real stores for all tests, of their own: nothing that runs on this machine is touched. */
export default async function setup(): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), 'conv-test-'));
  await chmod(home, 0o711); // PostgreSQL runs as another user where the tests run as root.
  const stores = await startStores({ home, env: process.env, report: () => undefined });
  globalThis.convTestStores = { home, stores };
  process.env['TEST_DATABASE_URL'] = stores.databaseUrl;
  process.env['TEST_REDIS_URL'] = stores.redisUrl;
  await trustTheMachine(stores);
  await createTemplate(stores.databaseUrl);
}
