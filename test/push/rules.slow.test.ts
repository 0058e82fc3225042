import type { FeedEvent } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { listPushDeliveries } from '../../src/events/list-push-deliveries';
import { addPushes } from '../../src/queue/push';
import { allEvents, usePushing } from './support/pushing';
import { useReceiver, type Behaviour } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);

beforeEach(() => switchPushingOn(stores.database));

const attemptsAt = (event: FeedEvent | undefined) =>
  receiver.attempts.filter((attempt) => attempt.event.id === event?.id).length;
const statuses = async () =>
  (await listPushDeliveries(stores.database, { status: ['PENDING', 'DELIVERED', 'PARKED'], limit: 100 }))
    .map(({ status }) => status)
    .reverse();
const findPushJob = (event: FeedEvent | undefined) => queue.push.queue.getJob(event?.id ?? '');

/** Completes a conversation and returns its three events. */
async function createThreeEvents(): Promise<FeedEvent[]> {
  await createConversation(stores, 'COMPLETED');
  const events = (await allEvents(stores)).slice(-3);
  expect(events.map(({ type }) => type)).toEqual([
    'conversation.created',
    'conversation.updated',
    'conversation.updated',
  ]);
  return events;
}

it('posts the same event that GET /events returns', async () => {
  pushing.start();
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(() => receiver.accepted().length === 1);
  expect(receiver.attempts).toEqual([
    expect.objectContaining({ event, webhookId: event?.id, authorization: undefined }),
  ]);
  await eventually(async () => (await statuses()).includes('DELIVERED'));
});

it('sends the credentials in EVENTS_URL as HTTP Basic authentication', async () => {
  const url = receiver.url.replace('http://', 'http://us%40er:p%C3%A4ss@');
  pushing.start({}, { to: { ...receiver, url } });
  await createConversation(stores);
  await eventually(() => receiver.accepted().length === 1);
  const expected = `Basic ${Buffer.from('us@er:päss').toString('base64')}`;
  expect(receiver.attempts.map(({ authorization }) => authorization)).toEqual([expected]);
});

it('logs in the job why an attempt failed, for Bull Board', async () => {
  const refusals: Behaviour[] = [{ status: 500 }, 'hang', 'reset'];
  receiver.behave(() => refusals.shift() ?? { status: 200 });
  pushing.start({ responseTimeout: 500 });
  await createConversation(stores);
  await eventually(() => receiver.accepted().length === 1);
  const [event] = receiver.accepted();
  const { logs } = await queue.push.queue.getJobLogs(event?.id ?? '');
  expect(logs.map((line) => line.replace(/^\S+Z /, ''))).toEqual([
    'answered 500',
    'no answer in 0.5 s',
    expect.stringMatching(/^not reached \([A-Z_]+\)$/),
  ]);
});

it('does not follow redirects', async () => {
  receiver.behave(() => ({ status: 307, headers: { Location: `${receiver.url}&followed` } }));
  pushing.start();
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(() => attemptsAt(event) >= 3);
  expect(receiver.accepted()).toEqual([]);
  const [row] = await listPushDeliveries(stores.database, { status: ['PENDING'], limit: 1 });
  expect(row).toMatchObject({ id: event?.id, last_error: 'answered 307' });
});

/** Starts pushing to a receiver that answers 429, and returns the pause after the first attempt in milliseconds. */
async function pauseAfter(retryAfter: string): Promise<number | undefined> {
  receiver.behave(() => ({ status: 429, headers: { 'Retry-After': retryAfter } }));
  pushing.start({ longestBackoff: 1_800_000 });
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(async () => attemptsAt(event) > 0 && (await findPushJob(event))?.isDelayed());
  return (await findPushJob(event))?.delay;
}

it.each([
  ['seconds', () => '1200'],
  ['a date', () => new Date(Date.now() + 1_200_000).toUTCString()],
])('waits as long as Retry-After says: %s', async (_form, header) => {
  const pause = await pauseAfter(header());
  expect(pause).toBeGreaterThan(1_100_000);
  expect(pause).toBeLessThanOrEqual(1_200_000);
});

it('waits no longer than the longest retry interval, whatever Retry-After says', async () => {
  expect(await pauseAfter('86400')).toBe(1_800_000);
});

it('holds back later events of the same application, and none of others', async () => {
  const [first] = await createThreeEvents();
  receiver.behave((event) => (event.id === first?.id ? 'reset' : { status: 200 }));
  pushing.start();
  const others = [await createConversation(stores), await createConversation(stores, 'ONGOING')];
  expect(others).toHaveLength(2);
  await eventually(() => attemptsAt(first) >= 3 && receiver.accepted().length === 3);
  const all = await allEvents(stores);
  expect(
    receiver
      .accepted()
      .map(({ id }) => id)
      .sort(),
  ).toEqual(
    all
      .slice(3)
      .map(({ id }) => id)
      .sort(),
  );
  receiver.behave(() => ({ status: 200 }));
  await eventually(() => receiver.accepted().length === all.length);
});

it('parks an event that is not accepted in time with all events behind it, and never attempts them again', async () => {
  const events = await createThreeEvents();
  receiver.behave(() => ({ status: 500 }));
  pushing.start({ giveUpAfter: 150 });
  await eventually(
    async () => (await statuses()).every((status) => status === 'PARKED') && (await statuses()).length,
  );
  for (const event of events) await eventually(async () => (await findPushJob(event))?.isFailed());
  expect(attemptsAt(events[0])).toBeGreaterThan(1);
  expect(attemptsAt(events[1])).toBe(0);
  const seen = receiver.attempts.length;
  receiver.behave(() => ({ status: 200 }));
  await createConversation(stores);
  await eventually(() => receiver.accepted().length === 1);
  expect(receiver.attempts).toHaveLength(seen + 1);
});

it('pushes events whose jobs Redis lost', async () => {
  const [first] = await createThreeEvents();
  receiver.behave(() => 'reset');
  pushing.start();
  await eventually(() => attemptsAt(first) > 0);
  await pushing.stop();
  await queue.push.queue.obliterate({ force: true });
  receiver.behave(() => ({ status: 200 }));
  pushing.start();
  await eventually(() => receiver.accepted().length === 3);
});

it('keeps an event DELIVERED when a worker that lost its lock fails to deliver it', async () => {
  let attempt = 0;
  receiver.behave(() => (attempt++ === 0 ? 'hang' : { status: 200 }));
  pushing.start({ responseTimeout: 2000 });
  await createConversation(stores);
  const [event] = await allEvents(stores);
  await eventually(() => attemptsAt(event) === 1);
  // Without its lock the job is stalled, as if the process had stopped responding, and is processed again.
  const lock = queue.push.queue.toKey(`${event?.id}:lock`);
  expect(await queue.push.connection.del(lock)).toBe(1);
  await eventually(() => attemptsAt(event) === 2);
  await eventually(async () => (await (await findPushJob(event))?.isCompleted()) === true);
  await pushing.stop(); // Waits for the first attempt, which fails.
  expect(await statuses()).toEqual(['DELIVERED']);
});

it('goes on when the queue holds a job without an event', async () => {
  pushing.start();
  await addPushes(queue.push, ['00000000-0000-7000-8000-000000000000']);
  await createConversation(stores);
  await eventually(() => receiver.accepted().length === 1);
});
