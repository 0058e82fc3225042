import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { watchQueueCapacity } from '../../src/queue/capacity';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { useOwnRedis } from '../support/own-redis';
import { problemOf } from '../support/problem';
import { silentLog, useQueue } from '../support/queue';
import { call, post, useWeb, type TestWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const own = useOwnRedis();

const LIMIT = 20;
let tight: ApplicationQueue;

/** A queue on the Redis of this file, and a room for so many applications. */
function ownQueue(prefix: string, limit: number) {
  const settings = { redisUrl: own.url, queuePrefix: prefix, keepCompletedSeconds: 60 };
  const opened = openApplicationQueue(settings, silentLog);
  const room = watchQueueCapacity(opened, limit, silentLog);
  atEnd(async () => {
    await room.close();
    await opened.close();
  });
  return { queue: opened, room };
}

const limited = useWeb(stores, queue, () => {
  const made = ownQueue('limited', LIMIT);
  tight = made.queue;
  return made;
});
const roomy = useWeb(stores, queue, () => ownQueue('roomy', 1_000_000));

const to = ({ url, secret }: { url: string; secret: string }): TestWeb => ({ url, secret, token: web.token });
const send = (target: { url: string; secret: string }, event: object = applicationEvent()) =>
  post(to(target), event);

async function expectFull(response: Response): Promise<void> {
  expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
  const { detail } = await problemOf(response, 503, 'QUEUE_FULL');
  expect(detail).not.toMatch(/redis|memory|\d/i);
}

async function memory(name: string): Promise<number> {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await own.redis.info('memory'))?.[1]);
}

/** Sends until one is not accepted. */
async function untilRefused(target: { url: string; secret: string }): Promise<Response> {
  for (;;) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(target)));
    const refused = answers.find(({ status }) => status !== 202);
    if (refused) return refused;
  }
}

describe('a queue that holds as many applications as it may', () => {
  beforeAll(() => eventually(async () => (await send(limited)).status === 202));
  beforeEach(async () => {
    await tight.queue.drain();
    await eventually(async () => (await send(limited)).status === 202);
  });

  it('says so before it is asked, also amid a burst, and lets in about what fits', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => send(limited)));
    const accepted = answers.filter(({ status }) => status === 202);
    const waiting = await tight.queue.getWaitingCount();
    expect(waiting).toBeGreaterThanOrEqual(LIMIT);
    expect(waiting).toBeLessThanOrEqual(2 * LIMIT);
    expect(accepted.length).toBeLessThanOrEqual(waiting);
    for (const answer of answers.filter(({ status }) => status !== 202).slice(0, 5)) await expectFull(answer);
  });

  it('takes applications again when workers have made room', async () => {
    await eventually(async () => (await send(limited)).status === 503);
    await tight.queue.drain();
    await eventually(async () => (await send(limited)).status === 202);
  });

  it('counts those that wait for their next attempt', async () => {
    const delayed = Array.from({ length: LIMIT }, (_, n) => ({
      name: 'application',
      data: {} as never,
      opts: { jobId: `delayed-${n}`, delay: 3_600_000 },
    }));
    await tight.queue.addBulk(delayed);
    await eventually(async () => (await send(limited)).status === 503);
    await tight.queue.drain(true);
  });

  it('still tells what is wrong, and who is nobody', async () => {
    await eventually(async () => (await send(limited)).status === 503);
    expect((await send(limited, { ...applicationEvent(), id: '' })).status).toBe(422);
    expect((await send({ ...limited, secret: web.secret })).status).toBe(401);
  });

  it('still tells what became of an application', async () => {
    const event = applicationEvent();
    expect((await send(limited, event)).status).toBe(202);
    await eventually(async () => (await send(limited)).status === 503);
    expect((await call(to(limited), 'GET', `/applications/${event.id}`)).status).toBe(200);
  });
});

describe('Redis near its memory limit', () => {
  beforeEach(() => eventually(async () => (await send(roomy)).status === 202));
  afterEach(() => own.redis.config('SET', 'maxmemory', 0));

  it('is full before it refuses anything', async () => {
    await own.redis.config('SET', 'maxmemory', Math.round((await memory('used_memory')) * 1.05));
    await eventually(async () => (await send(roomy)).status === 503);
    await expectFull(await send(roomy));
  });

  it('is full before it refuses anything, also amid a flood', async () => {
    const max = (await memory('used_memory')) + 3_000_000;
    await own.redis.config('SET', 'maxmemory', max);
    await expectFull(await untilRefused(roomy));
    expect(await memory('used_memory')).toBeLessThan(max);
    await own.redis.set('a write', 'is still taken');
  });

  it('is taken for full by its own word as well', async () => {
    await own.redis.config('SET', 'maxmemory', 1);
    const answer = await send(roomy);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    await problemOf(answer, 503);
  });
});
