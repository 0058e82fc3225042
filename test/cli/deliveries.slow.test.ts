import type { FeedEvent, PushDeliveryStatus } from '../../src/lib/domain';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { listPushDeliveries, type PushDeliveryView } from '../../src/events/list-push-deliveries';
import { allEvents, usePushing } from '../push/support/pushing';
import { useReceiver } from '../push/support/receiver';
import { createCli, parseCells, parseJson, runInProcess, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { containing, like } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);
const conv = createCli(stores, queue);
const listWithCli = async (...flags: string[]) =>
  parseJson<PushDeliveryView[]>(await conv(['events', 'deliveries', '-o', 'json', ...flags]));

/** Counts without the command, to wait for what the command should print. */
const count = async (...status: PushDeliveryStatus[]) =>
  (await listPushDeliveries(stores.database, { status, limit: 100 })).length;

beforeEach(() => switchPushingOn(stores.database));

/** Parks three events: two of one conversation, then one of another. The receiver works afterwards. */
async function parkThree(): Promise<FeedEvent[]> {
  receiver.behave(() => ({ status: 500 }));
  pushing.start({ giveUpAfter: 50 });
  await createConversation(stores, 'ONGOING');
  await createConversation(stores);
  const events = await allEvents(stores);
  for (const event of events)
    await eventually(async () => (await queue.push.queue.getJob(event.id))?.isFailed());
  receiver.behave(() => ({ status: 200 }));
  return events;
}

it('names EVENTS_URL if nothing was pushed', async () => {
  const { code, stdout, stderr } = await conv(['events', 'deliveries']);
  expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
  expect(stderr).toContain('EVENTS_URL');
});

it('lists delivered events, newest first, and filters them by status', async () => {
  pushing.start();
  await createConversation(stores, 'ONGOING');
  const events = await allEvents(stores);
  await eventually(async () => (await count('DELIVERED')) === 2);
  const rows = await listWithCli();
  expect(rows.map(({ id }) => id)).toEqual(events.map(({ id }) => id).reverse());
  expect(rows[0]).toMatchObject({
    type: 'conversation.updated',
    status: 'DELIVERED',
    attempts: 1,
    last_error: null,
  });
  expect(await listWithCli('--limit', '1')).toEqual([rows[0]]);
  const table = parseCells(successOutput(await conv(['events', 'deliveries'])));
  expect(table.map(([id]) => id)).toEqual(rows.map(({ id }) => id));
  const none = await conv(['events', 'deliveries', '--status', 'PARKED', '-o', 'ids']);
  expect([none.code, none.stdout]).toEqual([0, '']);
});

it('lists failing deliveries first, from the oldest on', async () => {
  const failing = await parkThree();
  await createConversation(stores);
  await eventually(async () => (await count('DELIVERED')) === 1);
  const [delivered] = (await allEvents(stores)).slice(-1);
  expect((await listWithCli()).map(({ id }) => id)).toEqual(
    [...failing, delivered].map((event) => event?.id),
  );
});

it('lists the oldest failing delivery if the limit is one', async () => {
  const [oldest] = await parkThree();
  expect((await listWithCli('--limit', '1')).map(({ id }) => id)).toEqual([oldest?.id]);
});

it('redelivers all parked events in their order, with new attempts', async () => {
  const events = await parkThree();
  const rows = await listWithCli('--status', 'PARKED');
  expect(rows.map(({ id }) => id)).toEqual(events.map(({ id }) => id));
  expect(rows.map(({ last_error }) => last_error)).toEqual([like(/500/), like(/parked/), like(/500/)]);
  const result = await conv(['events', 'redeliver', '--yes']);
  expect(result).toEqual({ code: 0, stdout: '', stderr: containing('queued again: 3') });
  await eventually(async () => (await count('DELIVERED')) === 3);
  expect((await listWithCli()).map(({ attempts }) => attempts)).toEqual([1, 1, 1]);
  const order = receiver.accepted().map(({ id }) => id);
  expect(order.indexOf(events[0]?.id ?? '')).toBeLessThan(order.indexOf(events[1]?.id ?? ''));
});

it('redelivers one event and no other', async () => {
  const [, , third] = await parkThree();
  expect(await conv(['events', 'redeliver', third?.id ?? ''])).toMatchObject({ code: 0 });
  await eventually(() => receiver.accepted().length === 1);
  expect(receiver.accepted()).toEqual([third]);
  expect(await listWithCli('--status', 'PARKED')).toHaveLength(2);
});

it('parks a redelivered event again while an earlier event of its application is parked', async () => {
  const [, second] = await parkThree();
  expect(await conv(['events', 'redeliver', second?.id ?? ''])).toMatchObject({ code: 0 });
  await eventually(async () => (await count('PARKED')) === 3);
  expect(receiver.accepted()).toEqual([]);
});

it('refuses to redeliver several events without --yes and without a terminal', async () => {
  await parkThree();
  const { code, stderr } = await conv(['events', 'redeliver']);
  expect([code, stderr]).toEqual([2, containing('--yes')]);
  expect(await listWithCli('--status', 'PARKED')).toHaveLength(3);
});

it('redelivers no parked event with --dry-run', async () => {
  await parkThree();
  const { code, stderr } = await conv(['events', 'redeliver', '--dry-run']);
  expect([code, stderr]).toEqual([0, 'dry run: would push 3 events again; nothing was changed\n']);
  expect(await listWithCli('--status', 'PARKED')).toHaveLength(3);
});

it.each(['0198c0de-0000-7000-8000-000000000000', 'nonsense'])(
  'exits 1 for %s, which has no parked delivery',
  async (id) => {
    const { code, stderr } = await conv(['events', 'redeliver', id]);
    expect([code, stderr]).toEqual([1, containing(`event "${id}" has no parked delivery`)]);
  },
);

it.each([['redeliver'], ['resume']])(
  '%s resumes pushing after a 410, and every pending event gets a new retry period',
  async (command) => {
    receiver.behave(() => ({ status: 410 }));
    pushing.start({ giveUpAfter: 1 });
    await createConversation(stores, 'ONGOING');
    await eventually(() => queue.push.queue.isPaused());
    await eventually(async () => (await count('PENDING')) === 2);
    const [first] = JSON.parse(
      (await conv(['events', 'deliveries', '-o', 'json'])).stdout,
    ) as PushDeliveryView[];
    expect(first).toMatchObject({ status: 'PENDING', last_error: like(/410/), attempts: 1 });
    const refusals = [{ status: 500 }];
    receiver.behave(() => refusals.shift() ?? { status: 200 });
    expect(await conv(['events', command])).toMatchObject({ code: 0 });
    await eventually(() => receiver.attempts.length > 1);
    await eventually(async () => (await count('PENDING')) === 0 && !(await queue.push.queue.isPaused()));
    // If the retry period had continued during the pause, the first error after it would have parked the event.
    expect((await listWithCli()).map(({ status }) => status)).toEqual(['DELIVERED', 'DELIVERED']);
  },
);

it('says since when and why pushing is paused', async () => {
  await queue.push.queue.pause('EVENTS_URL answered 410 Gone');
  const { stderr } = await conv(['events', 'deliveries']);
  expect(stderr).toMatch(
    /pushing is paused since \d{4}-.*Z: EVENTS_URL answered 410 Gone; run `conv events resume`/,
  );
});

it('says that the pause is unknown if Redis cannot be reached', async () => {
  const env = { DATABASE_URL: stores.url, REDIS_URL: 'redis://127.0.0.1:1' };
  const { code, stderr } = await runInProcess(['events', 'deliveries'], env);
  expect([code, stderr]).toEqual([0, containing('unknown whether pushing is paused: cannot reach Redis')]);
});
