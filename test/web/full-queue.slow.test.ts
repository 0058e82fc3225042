import { openApplicationQueue, type ApplicationQueue } from '../../src/queue/applications';
import { createSecret } from '../../src/lib/signature';
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
const own = useOwnRedis();

const LIMIT = 20;
let limitedQueue: ApplicationQueue;

/** Opens a queue on this file's own Redis, with a limit. */
function openLimitedQueue(prefix: string, limit: number) {
  const settings = { redisUrl: own.url, queuePrefix: prefix };
  const opened = openApplicationQueue(settings, silentLog);
  const capacity = watchQueueCapacity(opened, limit, silentLog);
  atEnd(async () => {
    await capacity.close();
    await opened.close();
  });
  return { queue: opened, capacity };
}

const limited = useWeb(stores, queue, () => {
  const made = openLimitedQueue('limited', LIMIT);
  limitedQueue = made.queue;
  return made;
});
const unlimited = useWeb(stores, queue, () => openLimitedQueue('unlimited', 1_000_000));

const send = (target: TestWeb, event: object = applicationEvent()) => post(target, event);

async function expectFull(response: Response): Promise<void> {
  expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
  const { detail } = await problemOf(response, 503, 'QUEUE_FULL');
  expect(detail).not.toMatch(/redis|memory|\d/i);
}

async function redisMemory(name: string): Promise<number> {
  return Number(new RegExp(`^${name}:(\\d+)`, 'm').exec(await own.redis.info('memory'))?.[1]);
}

/** A script that stores as many keys of one kilobyte as its argument says. */
const FILL = `for n = 1, ARGV[1] do redis.call('SET', 'filler' .. n, string.rep('x', 1000)) end`;

/** Sends applications until one is refused. */
async function untilRefused(target: TestWeb): Promise<Response> {
  for (;;) {
    const answers = await Promise.all(Array.from({ length: 50 }, () => send(target)));
    const refused = answers.find(({ status }) => status !== 202);
    if (refused) return refused;
  }
}

describe('a queue at its limit', () => {
  beforeAll(() => eventually(async () => (await send(limited)).status === 202));
  beforeEach(async () => {
    await limitedQueue.queue.drain();
    await eventually(async () => (await send(limited)).status === 202);
  });

  it('is 503 during a burst, after about as many applications as fit', async () => {
    const answers = await Promise.all(Array.from({ length: 300 }, () => send(limited)));
    const accepted = answers.filter(({ status }) => status === 202);
    const waiting = await limitedQueue.queue.getWaitingCount();
    expect(waiting).toBeGreaterThanOrEqual(LIMIT);
    expect(waiting).toBeLessThanOrEqual(2 * LIMIT);
    expect(accepted.length).toBeLessThanOrEqual(waiting);
    for (const answer of answers.filter(({ status }) => status !== 202).slice(0, 5)) await expectFull(answer);
  });

  it('accepts applications again when jobs are removed', async () => {
    await eventually(async () => (await send(limited)).status === 503);
    await limitedQueue.queue.drain();
    await eventually(async () => (await send(limited)).status === 202);
  });

  it('counts jobs that wait for their next attempt', async () => {
    const delayed = Array.from({ length: LIMIT }, (_, n) => ({
      name: 'application',
      data: {} as never,
      opts: { jobId: `delayed-${n}`, delay: 3_600_000 },
    }));
    await limitedQueue.queue.addBulk(delayed);
    await eventually(async () => (await send(limited)).status === 503);
    await limitedQueue.queue.drain(true);
  });

  it('still answers 422 and 401', async () => {
    await eventually(async () => (await send(limited)).status === 503);
    expect((await send(limited, { ...applicationEvent(), id: '' })).status).toBe(422);
    expect((await send({ ...limited, secret: createSecret() })).status).toBe(401);
  });

  it('still returns the state of an application', async () => {
    const event = applicationEvent();
    expect((await send(limited, event)).status).toBe(202);
    await eventually(async () => (await send(limited)).status === 503);
    expect((await call(limited, 'GET', `/applications/${event.id}`)).status).toBe(200);
  });
});

describe('a queue whose Redis is near its memory limit', () => {
  beforeEach(() => eventually(async () => (await send(unlimited)).status === 202));
  afterEach(() => own.redis.config('SET', 'maxmemory', 0));

  it('is 503 before Redis refuses commands', async () => {
    await own.redis.config('SET', 'maxmemory', Math.round((await redisMemory('used_memory')) * 1.05));
    await eventually(async () => (await send(unlimited)).status === 503);
    await expectFull(await send(unlimited));
  });

  it('is 503 before Redis refuses commands, also under load', async () => {
    const max = (await redisMemory('used_memory')) + 3_000_000;
    await own.redis.config('SET', 'maxmemory', max);
    await own.redis.eval(FILL, 0, 1200); // Leaves less to fill with applications.
    await expectFull(await untilRefused(unlimited));
    expect(await redisMemory('used_memory')).toBeLessThan(max);
    await own.redis.set('key', 'value');
  });

  it('is 503 when Redis refuses a command', async () => {
    await own.redis.config('SET', 'maxmemory', 1);
    const answer = await send(unlimited);
    expect(Number(answer.headers.get('Retry-After'))).toBeGreaterThan(0);
    await problemOf(answer, 503);
  });
});
