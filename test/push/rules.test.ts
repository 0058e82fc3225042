import type { FeedEvent } from '../../src/lib/domain';
import { moveConversation } from '../../src/conversations/move';
import { useDatabase, clearTables } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { listDeliveries } from '../../src/events/list-push-deliveries';
import { addPushes } from '../../src/queue/push';
import type { PushRetryPolicy } from '../../src/worker/push-retry-policy';
import { allEvents, runPushing } from './support/pushing';
import { useReceiver, type Behaviour } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();

let stop: (() => Promise<void>) | null = null;
function run(patience: Partial<PushRetryPolicy> = {}): void {
  stop = runPushing(stores, queue, receiver, patience);
}
afterEach(async () => {
  await stop?.();
  stop = null;
  await queue.push.queue.resume();
  await queue.push.queue.obliterate({ force: true });
  await clearTables(stores);
});

const attemptsAt = (event: FeedEvent | undefined) =>
  receiver.attempts.filter((attempt) => attempt.event.id === event?.id).length;
const statuses = async () =>
  (await listDeliveries(stores.database, { status: ['PENDING', 'DELIVERED', 'PARKED'], limit: 100 }))
    .map(({ status }) => status)
    .reverse();
const jobOf = (event: FeedEvent | undefined) => queue.push.queue.getJob(event?.id ?? '');

/** A conversation taken to its end, and its three events. */
async function threeEvents(): Promise<FeedEvent[]> {
  await createConversation(stores, 'COMPLETED');
  const events = (await allEvents(stores)).slice(-3);
  expect(events.map(({ type }) => type)).toEqual([
    'conversation.created',
    'conversation.updated',
    'conversation.updated',
  ]);
  return events;
}

it('posts the event as GET /events has it', async () => {
  run();
  await createConversation(stores);
  const [told] = await allEvents(stores);
  await eventually(() => receiver.taken().length === 1);
  expect(receiver.attempts).toEqual([
    expect.objectContaining({ event: told, webhookId: told?.id, authorization: undefined }),
  ]);
  await eventually(async () => (await statuses()).includes('DELIVERED'));
});

it('sends user and password of EVENTS_URL as a browser would, and not in the address', async () => {
  const url = receiver.url.replace('http://', 'http://us%40er:p%C3%A4ss@');
  stop = runPushing(stores, queue, { ...receiver, url });
  await createConversation(stores);
  await eventually(() => receiver.taken().length === 1);
  const expected = `Basic ${Buffer.from('us@er:päss').toString('base64')}`;
  expect(receiver.attempts.map(({ authorization }) => authorization)).toEqual([expected]);
});

it('says in Bull Board why an attempt failed', async () => {
  const refusals: Behaviour[] = [{ status: 500 }, 'hang', 'reset'];
  receiver.behave(() => refusals.shift() ?? { status: 200 });
  run({ answerWithin: 500 });
  await createConversation(stores);
  await eventually(() => receiver.taken().length === 1);
  const [event] = receiver.taken();
  const { logs } = await queue.push.queue.getJobLogs(event?.id ?? '');
  expect(logs.map((line) => line.replace(/^\S+Z /, ''))).toEqual([
    'answered 500',
    'no answer in 0.5 s',
    expect.stringMatching(/^not reached \([A-Z_]+\)$/),
  ]);
});

it('follows no redirect', async () => {
  receiver.behave(() => ({ status: 307, headers: { Location: `${receiver.url}&followed` } }));
  run();
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(() => attemptsAt(event) >= 3);
  expect(receiver.taken()).toEqual([]);
  const [row] = await listDeliveries(stores.database, { status: ['PENDING'], limit: 1 });
  expect(row).toMatchObject({ id: event?.id, last_error: 'answered 307' });
});

it.each([
  ['seconds', () => '3600'],
  ['a date', () => new Date(Date.now() + 3_600_000).toUTCString()],
])('comes no earlier than Retry-After says: %s', async (_form, header) => {
  receiver.behave(() => ({ status: 429, headers: { 'Retry-After': header() } }));
  run();
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(async () => attemptsAt(event) > 0 && (await jobOf(event))?.isDelayed());
  const job = await jobOf(event);
  expect(job?.delay).toBeGreaterThan(3_500_000);
  expect(job?.delay).toBeLessThanOrEqual(3_600_000);
  expect(attemptsAt(event)).toBe(1);
});

it('holds back what comes after in the same conversation, and nothing of others', async () => {
  const [first] = await threeEvents();
  receiver.behave((event) => (event.id === first?.id ? 'reset' : { status: 200 }));
  run();
  const others = [await createConversation(stores), await createConversation(stores, 'ONGOING')];
  expect(others).toHaveLength(2);
  await eventually(() => attemptsAt(first) >= 3 && receiver.taken().length === 3);
  const all = await allEvents(stores);
  expect(
    receiver
      .taken()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(
    all
      .slice(3)
      .map(({ id }) => id)
      .sort(),
  );
  receiver.behave(() => ({ status: 200 }));
  await eventually(() => receiver.taken().length === all.length);
});

it('parks what is not taken in time, with all that waits behind it, and tries none of it any more', async () => {
  const events = await threeEvents();
  receiver.behave(() => ({ status: 500 }));
  run({ giveUpAfter: 150 });
  await eventually(
    async () => (await statuses()).every((status) => status === 'PARKED') && (await statuses()).length,
  );
  for (const event of events) await eventually(async () => (await jobOf(event))?.isFailed());
  expect(attemptsAt(events[0])).toBeGreaterThan(1);
  expect(attemptsAt(events[1])).toBe(0);
  const seen = receiver.attempts.length;
  receiver.behave(() => ({ status: 200 }));
  await createConversation(stores);
  await eventually(() => receiver.taken().length === 1);
  expect(receiver.attempts).toHaveLength(seen + 1);
});

it('stops at 410, with everything still to be pushed', async () => {
  receiver.behave(() => ({ status: 410 }));
  run();
  await createConversation(stores);
  await eventually(() => queue.push.queue.isPaused());
  await moveConversation(stores.database, await createConversation(stores), 'ONGOING');
  await eventually(async () => (await statuses()).length === 3);
  expect(await statuses()).toEqual(['PENDING', 'PENDING', 'PENDING']);
  expect(receiver.attempts).toHaveLength(1);
});

it('pushes what Redis lost, and what a job that ended by accident left behind', async () => {
  const [first] = await threeEvents();
  receiver.behave(() => 'reset');
  run();
  await eventually(() => attemptsAt(first) > 0);
  await stop?.();
  await queue.push.queue.obliterate({ force: true });
  receiver.behave(() => ({ status: 200 }));
  run();
  await eventually(() => receiver.taken().length === 3);
});

it('keeps an event delivered that a worker taken for dead could not deliver', async () => {
  let attempt = 0;
  receiver.behave(() => (attempt++ === 0 ? 'hang' : { status: 200 }));
  run({ answerWithin: 2000 });
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(() => attemptsAt(event) === 1);
  // Its lock is taken away, as if its process had not answered for long, and another worker has the job.
  const lock = queue.push.queue.toKey(`${event?.id}:lock`);
  expect(await queue.push.connection.del(lock)).toBe(1);
  await eventually(() => attemptsAt(event) === 2);
  await eventually(async () => (await (await jobOf(event))?.isCompleted()) === true);
  await stop?.(); // It ends after what it has in hand: the attempt that fails.
  stop = null;
  expect(await statuses()).toEqual(['DELIVERED']);
});

it('leaves a job in peace that stands for nothing', async () => {
  run();
  await addPushes(queue.push, ['00000000-0000-7000-8000-000000000000']);
  await createConversation(stores);
  await eventually(() => receiver.taken().length === 1);
});
