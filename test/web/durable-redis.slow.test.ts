import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
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

it('readyz warns of a setting that changed while web runs, until it is changed back', async () => {
  const durable = ['appendonly', 'yes', 'appendfsync', 'always', 'maxmemory-policy', 'noeviction'];
  const changing = await startRedisServer();
  await changing.client.config('SET', ...(durable as [string, string]));
  const web = await startProcess('web', stores, { redisUrl: changing.url, prefix: 'changing' });
  atEnd(() => web.stop());
  const readWarnings = async () =>
    ((await (await fetch(`${web.url}/readyz`)).json()) as { warnings?: string[] }).warnings;
  await changing.client.config('SET', 'appendonly', 'no');
  await eventually(async () => (await readWarnings())?.[0] === RISK);
  await changing.client.config('SET', 'appendonly', 'yes');
  await eventually(async () => (await readWarnings()) === undefined);
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
