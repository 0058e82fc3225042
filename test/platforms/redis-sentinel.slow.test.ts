import { NO_STACK, runInProcess } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startRedisServer, startReplica, startSentinel, type RedisServer } from '../support/redis-server';
import { expectOutcomes, PREFIX, startPlatform, tryPost, type Platform } from './support';

const stores = useDatabase();

let primary: RedisServer;
let replicas: RedisServer[];
let redisUrl: string;
let platform: Platform;
beforeAll(async () => {
  primary = await startRedisServer();
  replicas = [await startReplica(primary), await startReplica(primary)];
  const sentinels: RedisServer[] = [];
  for (let count = 0; count < 3; count += 1) sentinels.push(await startSentinel(primary, 2));
  await eventually(async () => {
    const quorum = await sentinels[0]?.client.call('SENTINEL', 'CKQUORUM', 'mymaster');
    const known = (await sentinels[0]?.client.call('SENTINEL', 'REPLICAS', 'mymaster')) as unknown[];
    return String(quorum).startsWith('OK 3') && known.length === 2;
  });
  redisUrl = `redis+sentinel://${sentinels.map(({ port }) => `127.0.0.1:${port}`).join(',')}/mymaster`;
  platform = await startPlatform(stores, redisUrl, { REDIS_MIN_REPLICAS: '1' });
});
atEnd(() => platform.stop());

const conv = (...args: string[]) =>
  runInProcess(args, {
    CONV_HOME: NO_STACK,
    DATABASE_URL: stores.url,
    REDIS_URL: redisUrl,
    QUEUE_PREFIX: PREFIX,
  });

it('processes applications', async () => {
  const id = await tryPost(platform.web);
  await expectOutcomes(stores, [id ?? '']);
});

it('shows the queue on the command line', async () => {
  expect(await conv('queue', 'stats', '-o', 'json')).toMatchObject({ code: 0, stderr: '' });
});

it('accepts and processes applications after a failover, without restart', async () => {
  const acknowledged: string[] = [];
  let stopped = false;
  async function send(): Promise<void> {
    while (!stopped) {
      const id = await tryPost(platform.web);
      if (id !== null) acknowledged.push(id);
    }
  }
  const senders = [send(), send()];
  await eventually(() => acknowledged.length >= 100);
  await primary.kill();
  await eventually(async () => {
    const roles = await Promise.all(replicas.map(({ client }) => client.info('replication')));
    return roles.some((info) => info.includes('role:master'));
  });
  const before = acknowledged.length;
  await eventually(() => acknowledged.length >= before + 100);
  stopped = true;
  await Promise.all(senders);
  await expectOutcomes(stores, acknowledged);
});
