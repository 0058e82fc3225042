import { applicationEvent } from '../support/factories';
import { NO_STACK, parseJson, runInProcess } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { findFinding } from '../support/doctor';
import { eventually } from '../support/eventually';
import { startRedisServer, type RedisServer } from '../support/redis-server';
import { post } from '../support/web';
import { complete } from './support/account';
import { measure } from './support/measure';
import { PREFIX, startPlatform, type Platform } from './support/platform';

const stores = useDatabase();

const SLOTS = [
  ['0', '5460'],
  ['5461', '10922'],
  ['10923', '16383'],
] as const;
const CONFIGURATION = ['save ""', 'cluster-enabled yes', 'cluster-node-timeout 2000'];

async function startCluster(): Promise<RedisServer[]> {
  const nodes = await Promise.all(SLOTS.map(() => startRedisServer(CONFIGURATION)));
  for (const [n, node] of nodes.entries()) {
    await node.client.call('CLUSTER', 'ADDSLOTSRANGE', ...(SLOTS[n] ?? []));
    await node.client.cluster('MEET', '127.0.0.1', nodes[0]?.port ?? 0);
  }
  for (const { client } of nodes)
    await eventually(async () => {
      const info = await client.cluster('INFO');
      return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
    });
  return nodes;
}

let redisUrl: string;
let platform: Platform;
beforeAll(async () => {
  const nodes = await startCluster();
  redisUrl = `redis+cluster://${nodes.map(({ port }) => `127.0.0.1:${port}`).join(',')}`;
  platform = await startPlatform(stores, { redisUrl, prefix: PREFIX }, { RATE_LIMIT: '1000/s' });
});
atEnd(() => platform.stop());

const env = () => ({
  CONV_HOME: NO_STACK,
  DATABASE_URL: stores.url,
  REDIS_URL: redisUrl,
  QUEUE_PREFIX: PREFIX,
});
const conv = (...args: string[]) => runInProcess(args, env());

let acknowledged: number;

it('loses no application', async () => {
  const name = 'Redis Cluster, 3 nodes';
  const { load, result } = await measure({ platform: name, web: platform.web, database: stores.database });
  acknowledged = result.acknowledged;
  expect(result).toEqual(complete(load));
});

it('is ready', async () => {
  expect((await fetch(`${platform.web.url}/readyz`)).status).toBe(200);
});

it('shows the queue with its worker', async () => {
  const [applications] = parseJson<{ completed: number; workers: number }[]>(
    await conv('queue', 'stats', '-o', 'json'),
  );
  expect(applications).toMatchObject({ completed: acknowledged, workers: 1 });
});

it.each(['Redis writes', 'Redis eviction', 'Redis memory', 'Redis version', 'application workers'])(
  'conv doctor checks it: %s',
  async (name) => {
    expect(await findFinding(env(), name)).toMatchObject({ level: 'ok' });
  },
);

it('erases the data of a candidate from waiting jobs', async () => {
  await conv('queue', 'pause', 'applications');
  const event = applicationEvent();
  await post(platform.web, event);
  const erasure = await conv('candidate', 'erase', event.candidate_id, '--yes');
  await conv('queue', 'resume', 'applications');
  const row = await eventually(() => stores.database.applications.findByPk(event.id));
  expect([erasure.code, row.reason]).toEqual([0, "the candidate's personal data was erased"]);
});
