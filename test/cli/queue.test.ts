import { createCli, parseJson, splitLines, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
const conv = createCli(stores, queue);

it('prints zeros for an empty queue', async () => {
  expect(parseJson(await conv(['queue', 'stats', '-o', 'json']))).toStrictEqual({
    waiting: 0,
    active: 0,
    delayed: 0,
    completed: 0,
    failed: 0,
    paused: false,
    oldest_waiting_seconds: null,
  });
});

it('counts waiting jobs and prints the age of the oldest', async () => {
  for (let n = 0; n < 3; n++) await enqueue(queue, applicationEvent());
  const stats = parseJson<{ oldest_waiting_seconds: number }>(await conv(['queue', 'stats', '-o', 'json']));
  expect(stats).toMatchObject({ waiting: 3 });
  expect(stats.oldest_waiting_seconds).toBeGreaterThanOrEqual(0);
});

it('prints that the queue is paused', async () => {
  await queue.applications.queue.pause();
  expect(splitLines(successOutput(await conv(['queue', 'stats'])))).toContain('paused\ttrue');
  await queue.applications.queue.resume();
});
