import { NO_STACK, runInProcess } from '../support/cli';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startRedisServer, startReplica, startSentinel, type RedisServer } from '../support/redis-server';
import { complete } from './support/account';
import { loadTime, measure } from './support/measure';
import { PREFIX, startPlatform, type Platform } from './support/platform';

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
  platform = await startPlatform(stores, { redisUrl, prefix: PREFIX }, { REDIS_MIN_REPLICAS: '1' });
});
atEnd(() => platform.stop());

const conv = (...args: string[]) =>
  runInProcess(args, {
    CONV_HOME: NO_STACK,
    DATABASE_URL: stores.url,
    REDIS_URL: redisUrl,
    QUEUE_PREFIX: PREFIX,
  });

it('shows the queue on the command line', async () => {
  expect(await conv('queue', 'stats', '-o', 'json')).toMatchObject({ code: 0, stderr: '' });
});

async function failOver(): Promise<void> {
  await loadTime();
  await primary.kill();
  await eventually(async () => {
    const roles = await Promise.all(replicas.map(({ client }) => client.info('replication')));
    return roles.some((info) => info.includes('role:master'));
  });
  await eventually(async () => (await fetch(`${platform.web.url}/readyz`)).ok);
  await loadTime();
}

it('loses no application in a failover, and needs no restart', async () => {
  const measured = { platform: 'Redis Sentinel, failover', web: platform.web, database: stores.database };
  const { load, result } = await measure(measured, failOver);
  expect(result).toEqual(complete(load));
});
