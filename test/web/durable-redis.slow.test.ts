import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { useDatabase } from '../support/database';
import { startProcess } from '../support/processes';
import { startRedisServer, type RedisServer } from '../support/redis-server';

const stores = useDatabase();
let server: RedisServer;
beforeAll(async () => {
  server = await startRedisServer();
});

const RISK = 'appendonly no: a restart loses accepted applications';

it('readyz answers 200 with a warning on a Redis without append-only file', async () => {
  const web = await startProcess('web', stores, { redisUrl: server.url, prefix: 'durable' });
  const response = await fetch(`${web.url}/readyz`);
  const body = (await response.json()) as { warnings?: string[] };
  await web.stop();
  expect([response.status, body.warnings?.[0]]).toEqual([200, RISK]);
});

it.each(['web', 'worker'])('%s does not start with REQUIRE_DURABLE_REDIS=true', (name) => {
  const { status, stderr } = spawnSync(process.execPath, [join(__dirname, `../../dist/bin/${name}.js`)], {
    encoding: 'utf8',
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: stores.url,
      REDIS_URL: server.url,
      PORT: '0',
      REQUIRE_DURABLE_REDIS: 'true',
    },
  });
  expect([status, stderr]).toEqual([1, expect.stringContaining(RISK)]);
});
