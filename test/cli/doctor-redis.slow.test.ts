import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { openPushQueue, type PushQueue } from '../../src/queue/push';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { findFinding, runDoctor } from '../support/doctor';
import { eventually } from '../support/eventually';
import { useOwnRedis } from '../support/own-redis';
import { containing } from '../support/matchers';
import { silentLog } from '../support/queue';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const own = useOwnRedis();
const PREFIX = 'doctor';
const env = () => ({ DATABASE_URL: stores.url, REDIS_URL: own.url, QUEUE_PREFIX: PREFIX });
const find = (name: string) => findFinding(env(), name);

let applications: ApplicationQueue;
let push: PushQueue;
beforeAll(async () => {
  const settings = { redisUrl: own.url, queuePrefix: PREFIX };
  [applications, push] = [openApplicationQueue(settings, silentLog), openPushQueue(settings, silentLog)];
  for (const { connection } of [applications, push]) await eventually(() => connection.status === 'ready');
});
atEnd(() => Promise.all([applications.close(), push.close()]));

/** Changes a setting of Redis while `work` runs. */
async function withSetting<T>(name: string, value: string, work: () => Promise<T>): Promise<T> {
  const [, before = ''] = await own.redis.config('GET', name);
  await own.redis.config('SET', name, value);
  try {
    return await work();
  } finally {
    await own.redis.config('SET', name, before);
  }
}

it('finds nothing on a healthy system with a worker, and exits 0', async () => {
  const stop = await runWorker(stores, {
    applications,
    bullmq: applications.queue,
    push,
    redisUrl: own.url,
    prefix: PREFIX,
  });
  await eventually(async () => (await applications.queue.getWorkersCount()) === 1);
  const { code, findings } = await runDoctor(env());
  await stop();
  expect([code, findings.filter(({ level }) => level !== 'ok')]).toEqual([0, []]);
});

it('names that no worker is connected, and exits 1', async () => {
  await eventually(async () => (await applications.queue.getWorkersCount()) === 0);
  const { code, findings } = await runDoctor(env());
  const faults = findings.filter(({ level }) => level === 'fault').map(({ name }) => name);
  expect([code, faults]).toEqual([1, ['application workers']]);
});

it('names that no worker pushes events if EVENTS_URL is set', async () => {
  const pushing = {
    ...env(),
    EVENTS_URL: 'http://127.0.0.1:1',
    EVENTS_SECRET: 'whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0',
  };
  expect(await findFinding(pushing, 'push workers')).toMatchObject({ level: 'fault' });
});

it('names appendonly no', async () => {
  const finding = await withSetting('appendonly', 'no', () => find('Redis append-only file'));
  expect(finding).toMatchObject({ level: 'fault', detail: containing('appendonly no') });
});

it('names appendfsync everysec', async () => {
  const finding = await withSetting('appendfsync', 'everysec', () => find('Redis sync to disk'));
  expect(finding).toMatchObject({ level: 'warning', detail: containing('up to a second of accepted') });
});

it('names maxmemory-policy allkeys-lru', async () => {
  const finding = await withSetting('maxmemory-policy', 'allkeys-lru', () => find('Redis eviction'));
  expect(finding).toMatchObject({ level: 'fault', detail: containing('maxmemory-policy allkeys-lru') });
});

it('names that the memory is full', async () => {
  const finding = await withSetting('maxmemory', '1mb', () => find('Redis memory'));
  expect(finding).toMatchObject({ level: 'fault', detail: containing('webhooks are refused') });
});

it('names that Redis refuses writes, with its reason', async () => {
  const finding = await withSetting('maxmemory', '1mb', () => find('Redis writes'));
  expect(finding).toMatchObject({ level: 'fault', detail: containing('memory is full') });
});

it('names a replica', async () => {
  await own.redis.replicaof('127.0.0.1', 1);
  const finding = await find('Redis writes');
  await own.redis.replicaof('NO', 'ONE');
  expect(finding).toMatchObject({ level: 'fault', detail: 'it is a replica, which accepts no writes' });
});

it('names that replicas are missing for REDIS_MIN_REPLICAS', async () => {
  const finding = await findFinding({ ...env(), REDIS_MIN_REPLICAS: '1' }, 'Redis replicas');
  expect(finding).toMatchObject({ level: 'fault', detail: containing('0 connected') });
});

it('names a paused push queue with time and reason', async () => {
  await push.queue.pause('EVENTS_URL answered 410 Gone');
  const finding = await find('push queue');
  await push.queue.resume();
  expect(finding).toMatchObject({
    level: 'fault',
    detail: expect.stringMatching(
      /^pushing is paused since \d{4}-.*: EVENTS_URL answered 410 Gone$/,
    ) as string,
    remedy: 'run `conv events resume`',
  });
});

it('names a paused application queue', async () => {
  await applications.queue.pause();
  const finding = await find('application queue');
  await applications.queue.resume();
  expect(finding).toMatchObject({ level: 'fault', remedy: 'run `conv queue resume applications`' });
});

describe('where the provider forbids CONFIG', () => {
  const limited = () => ({
    ...env(),
    REDIS_URL: Object.assign(new URL(own.url), { username: 'limited', password: 'secret' }).href,
  });
  beforeAll(() => own.redis.acl('SETUSER', 'limited', 'on', '>secret', '~*', '&*', '+@all', '-config'));

  it('says that appendfsync is unknown', async () => {
    expect(await findFinding(limited(), 'Redis sync to disk')).toMatchObject({
      level: 'warning',
      detail: 'unknown, the provider hides it',
    });
  });

  it.each(['Redis append-only file', 'Redis eviction'])('reads from INFO: %s', async (name) => {
    expect(await findFinding(limited(), name)).toMatchObject({ level: 'ok' });
  });
});

it('checks PostgreSQL while Redis cannot be reached', async () => {
  const { code, findings } = await runDoctor({ ...env(), REDIS_URL: 'redis://127.0.0.1:1' });
  const faults = findings.filter(({ level }) => level === 'fault');
  expect([code, faults.map(({ name }) => name)]).toEqual([1, ['Redis']]);
});
