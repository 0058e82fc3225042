import { convOn, dataOf, jsonOf } from '../support/cli';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const conv = convOn(stores, queue);

it('is empty at first', async () => {
  expect(jsonOf(await conv(['queue', 'stats', '-o', 'json']))).toStrictEqual({
    waiting: 0,
    active: 0,
    delayed: 0,
    completed: 0,
    failed: 0,
    paused: false,
    oldest_waiting_seconds: null,
  });
});

it('counts what waits, and tells the age of the oldest', async () => {
  for (let n = 0; n < 3; n++) await post(web, applicationEvent());
  const stats = jsonOf<{ oldest_waiting_seconds: number }>(await conv(['queue', 'stats', '-o', 'json']));
  expect(stats).toMatchObject({ waiting: 3 });
  expect(stats.oldest_waiting_seconds).toBeGreaterThanOrEqual(0);
});

it('tells that it is paused', async () => {
  await queue.queue.queue.pause();
  expect(dataOf(await conv(['queue', 'stats'])).split('\n')).toContain('paused\ttrue');
  await queue.queue.queue.resume();
});
