import type { QueueStats } from '../../src/queue/stats';
import { createCli, parseJson } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { ISO_TIME } from '../support/matchers';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);
const stats = async () => parseJson<QueueStats[]>(await conv(['queue', 'stats', '-o', 'json']));

const EMPTY = {
  waiting: 0,
  active: 0,
  delayed: 0,
  completed: 0,
  failed: 0,
  oldest_waiting_seconds: null,
  workers: 0,
  paused: false,
  paused_since: null,
  pause_reason: null,
};

afterEach(async () => {
  await queue.applications.queue.resume();
  await queue.push.queue.resume();
});

it('prints zeros for empty queues', async () => {
  expect(await stats()).toStrictEqual([
    { id: 'applications', ...EMPTY },
    { id: 'push', ...EMPTY },
  ]);
});

it('counts connected workers', async () => {
  const stop = await runWorker(stores, queue);
  const counted = await eventually(async () => (await stats())[0]?.workers);
  await stop();
  expect(counted).toBe(1);
});

it('counts waiting jobs and prints the age of the oldest', async () => {
  for (let n = 0; n < 3; n++) await enqueue(queue, applicationEvent());
  const [applications] = await stats();
  expect(applications).toMatchObject({ waiting: 3 });
  expect(applications?.oldest_waiting_seconds).toBeGreaterThanOrEqual(0);
});

it('counts the waiting jobs of a paused queue', async () => {
  await queue.applications.queue.pause();
  expect(await stats()).toMatchObject([{ waiting: 3, paused: true }, { paused: false }]);
});

it('prints since when and why a queue is paused', async () => {
  await queue.push.queue.pause('EVENTS_URL answered 410 Gone');
  const [, push] = await stats();
  expect(push).toMatchObject({
    paused: true,
    paused_since: ISO_TIME,
    pause_reason: 'EVENTS_URL answered 410 Gone',
  });
});

it('keeps the first reason of a pause', async () => {
  await queue.push.queue.pause('the first');
  await queue.push.queue.pause('the second');
  expect((await stats())[1]).toMatchObject({ pause_reason: 'the first' });
});

it('prints no time and no reason for a pause by another program', async () => {
  await queue.push.connection.hset(queue.push.queue.toKey('meta'), 'paused', '1');
  expect((await stats())[1]).toMatchObject({ paused: true, paused_since: null, pause_reason: null });
});
