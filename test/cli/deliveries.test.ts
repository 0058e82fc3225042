import type { FeedEvent } from '../../src/lib/domain';
import type { DeliveryStatus } from '../../src/events/push-deliveries';
import { listDeliveries, type DeliveryView } from '../../src/events/list-push-deliveries';
import { allEvents, runPushing } from '../push/support/pushing';
import { useReceiver } from '../push/support/receiver';
import { cells, convOn, dataOf, jsonOf } from '../support/cli';
import { clear, useDatabase } from '../support/database';
import { conversation } from '../support/decided';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();

type Conv = ReturnType<typeof convOn>;
const conv: Conv = (...args) => convOn(stores, queue)(...args);
const listed = async (...flags: string[]) =>
  jsonOf<DeliveryView[]>(await conv(['events', 'deliveries', '-o', 'json', ...flags]));

/** As the command lists them, without the command: to wait for what it will say. */
const count = async (...status: DeliveryStatus[]) =>
  (await listDeliveries(stores.database, { status, limit: 100 })).length;

let stop: (() => Promise<void>) | null = null;
afterEach(async () => {
  await stop?.();
  stop = null;
  await queue.push.queue.resume();
  await queue.push.queue.obliterate({ force: true });
  await clear(stores);
});

/** Two conversations, one of them with a second event, all three events given up. */
async function parked(): Promise<FeedEvent[]> {
  receiver.behave(() => ({ status: 500 }));
  stop = runPushing(stores, queue, receiver, { giveUpAfter: 50 });
  await conversation(stores, 'ONGOING');
  await conversation(stores);
  const events = await allEvents(stores);
  for (const event of events)
    await eventually(async () => (await queue.push.queue.getJob(event.id))?.isFailed());
  receiver.behave(() => ({ status: 200 }));
  return events;
}

it('says so where nothing was pushed', async () => {
  const { code, stdout, stderr } = await conv(['events', 'deliveries']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('EVENTS_URL');
});

it('lists pushes, newest first, and those in a state', async () => {
  stop = runPushing(stores, queue, receiver);
  await conversation(stores, 'ONGOING');
  const events = await allEvents(stores);
  await eventually(async () => (await count('DELIVERED')) === 2);
  const rows = await listed();
  expect(rows.map(({ id }) => id)).toEqual(events.map(({ id }) => id).reverse());
  expect(rows[0]).toMatchObject({
    type: 'conversation.updated',
    status: 'DELIVERED',
    attempts: 1,
    last_error: null,
  });
  expect(await listed('--limit', '1')).toEqual([rows[0]]);
  const table = cells(dataOf(await conv(['events', 'deliveries'])));
  expect(table.map(([id]) => id)).toEqual(rows.map(({ id }) => id));
  const none = await conv(['events', 'deliveries', '--status', 'PARKED', '-o', 'ids']);
  expect([none.code, none.stdout]).toEqual([0, '']);
});

it('sends all that was parked again, in its order, and each with a day of its own', async () => {
  const events = await parked();
  const rows = await listed('--status', 'PARKED');
  expect(rows.map(({ id }) => id)).toEqual(events.map(({ id }) => id).reverse());
  expect(rows.map(({ last_error }) => last_error)).toEqual([
    'answered 500',
    'an event before it is parked',
    'answered 500',
  ]);
  const ran = await conv(['events', 'redeliver', '--yes']);
  expect(ran).toEqual({ code: 0, stdout: '', stderr: expect.stringContaining('sent again: 3') as string });
  await eventually(async () => (await count('DELIVERED')) === 3);
  expect((await listed()).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  const order = receiver.taken().map(({ id }) => id);
  expect(order.indexOf(events[0]?.id ?? '')).toBeLessThan(order.indexOf(events[1]?.id ?? ''));
});

it('sends one, and nothing else', async () => {
  const [, , third] = await parked();
  expect(await conv(['events', 'redeliver', third?.id ?? ''])).toMatchObject({ code: 0 });
  await eventually(() => receiver.taken().length === 1);
  expect(receiver.taken()).toEqual([third]);
  expect(await listed('--status', 'PARKED')).toHaveLength(2);
});

it('parks an event again that is sent while one before it is parked', async () => {
  const [, second] = await parked();
  expect(await conv(['events', 'redeliver', second?.id ?? ''])).toMatchObject({ code: 0 });
  await eventually(async () => (await count('PARKED')) === 3);
  expect(receiver.taken()).toEqual([]);
});

it('asks before it sends more than one', async () => {
  await parked();
  const { code, stderr } = await conv(['events', 'redeliver']);
  expect([code, stderr]).toEqual([2, expect.stringContaining('--yes')]);
  expect(await listed('--status', 'PARKED')).toHaveLength(3);
});

it.each(['0198c0de-0000-7000-8000-000000000000', 'nonsense'])('knows no parked push of %s', async (id) => {
  const { code, stderr } = await conv(['events', 'redeliver', id]);
  expect([code, stderr]).toEqual([1, expect.stringContaining(`no push of an event ${id} is parked`)]);
});

it('goes on after a 410, with a new day for everything', async () => {
  receiver.behave(() => ({ status: 410 }));
  stop = runPushing(stores, queue, receiver, { giveUpAfter: 1 });
  await conversation(stores, 'ONGOING');
  await eventually(() => queue.push.queue.isPaused());
  await eventually(async () => (await count('PENDING')) === 2);
  const [, first] = await listed();
  expect(first).toMatchObject({ status: 'PENDING', last_error: 'answered 410 Gone', attempts: 1 });
  const refusals = [{ status: 500 }];
  receiver.behave(() => refusals.shift() ?? { status: 200 });
  expect(await conv(['events', 'redeliver'])).toMatchObject({ code: 0 });
  await eventually(() => receiver.attempts.length > 1);
  await eventually(async () => (await count('PENDING')) === 0 && !(await queue.push.queue.isPaused()));
  // Had its day gone on while nothing was pushed, the first fault after it would have parked the event.
  expect((await listed()).map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
});
