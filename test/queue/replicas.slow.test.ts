import { setImmediate as nextTurn } from 'node:timers/promises';
import { receive } from '../../src/applications/receive';
import { replayApplication } from '../../src/applications/replay';
import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { assertAcceptsJobs } from '../../src/queue/readiness';
import { createFailed } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { silentLog } from '../support/queue';
import { startRedisServer, startReplica, type RedisServer } from '../support/redis-server';

const stores = useDatabase();

let primary: RedisServer;
let replica: RedisServer;
let queue: ApplicationQueue;
let withoutReplicas: ApplicationQueue;
beforeAll(async () => {
  primary = await startRedisServer();
  replica = await startReplica(primary);
  const settings = { redisUrl: primary.url, queuePrefix: 'replicas' };
  queue = openApplicationQueue({ ...settings, redisMinReplicas: 1 }, silentLog);
  withoutReplicas = openApplicationQueue(settings, silentLog);
  for (const { connection } of [queue, withoutReplicas])
    await eventually(() => connection.status === 'ready');
});
atEnd(() => Promise.all([queue.close(), withoutReplicas.close()]));
afterEach(() => replica.signal('SIGCONT'));

const receiving = (event = applicationEvent(), into = queue) => receive(into, event, 'test');
const UNAVAILABLE = { code: 'QUEUE_UNAVAILABLE', status: 503, retryAfterSeconds: 2 };

async function countWaits(): Promise<number> {
  const stats = await primary.client.info('commandstats');
  return Number(/^cmdstat_wait:calls=(\d+)/m.exec(stats)?.[1] ?? 0);
}

it('acknowledges an application that the replica has', async () => {
  const event = applicationEvent();
  await eventually(() => receiving(event)); // A replica that is slow for a moment is too late, as for any sender.
  expect(await replica.client.exists(queue.queue.toKey(`app.${event.id}`))).toBe(1);
});

it('waits once for all applications of a moment', async () => {
  await receiving();
  const before = await countWaits();
  await Promise.all(Array.from({ length: 100 }, () => receiving()));
  expect((await countWaits()) - before).toBeLessThan(20);
});

it('does not wait if no replica is required', async () => {
  const before = await countWaits();
  await receiving(applicationEvent(), withoutReplicas);
  expect(await countWaits()).toBe(before);
});

describe('while the replica hangs', () => {
  beforeEach(() => replica.signal('SIGSTOP'));

  it('refuses an application', async () => {
    await expect(receiving()).rejects.toMatchObject(UNAVAILABLE);
  });

  it('refuses each of many applications', async () => {
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => receiving()));
    expect(results.filter(({ status }) => status === 'fulfilled')).toEqual([]);
  });

  it('refuses a redelivery', async () => {
    const event = applicationEvent();
    await expect(receiving(event)).rejects.toMatchObject(UNAVAILABLE);
    await expect(receiving(event)).rejects.toMatchObject(UNAVAILABLE);
  });

  it('refuses a replay', async () => {
    const { id } = await createFailed(stores);
    const replaying = replayApplication(stores.database, queue, id, 'test');
    await expect(replaying).rejects.toMatchObject(UNAVAILABLE);
  });

  it('is not ready', async () => {
    await expect(assertAcceptsJobs(queue)).rejects.toMatchObject({ code: 'QUEUE_UNAVAILABLE' });
  });

  it('takes applications without required replicas', async () => {
    expect(await receiving(applicationEvent(), withoutReplicas)).toMatchObject({ redelivered: false });
  });

  it('accepts the redelivery of a refused application once the replica runs again', async () => {
    const event = applicationEvent();
    await expect(receiving(event)).rejects.toMatchObject(UNAVAILABLE);
    replica.signal('SIGCONT');
    expect(await eventually(() => receiving(event))).toMatchObject({ redelivered: true });
  });
});

it('has every acknowledged application on the replica when the primary is killed', async () => {
  const acknowledged: string[] = [];
  let stopped = false;
  async function send(): Promise<void> {
    while (!stopped) {
      const event = applicationEvent();
      const [result] = await Promise.allSettled([receiving(event)]);
      if (result.status === 'fulfilled') acknowledged.push(event.id);
      await nextTurn(); // A refusal is immediate, and the end of Redis must be noticed.
    }
  }
  const senders = Array.from({ length: 8 }, send);
  await eventually(() => acknowledged.length >= 100);
  await primary.kill();
  stopped = true;
  await Promise.all(senders);
  await replica.client.replicaof('NO', 'ONE');
  const keys = acknowledged.map((id) => queue.queue.toKey(`app.${id}`));
  expect(await replica.client.exists(...keys)).toBe(acknowledged.length);
});
