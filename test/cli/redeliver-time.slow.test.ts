import type { FeedEvent } from '../../src/lib/domain';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { allEvents, usePushing } from '../push/support/pushing';
import { useReceiver } from '../push/support/receiver';
import { createConversation } from '../support/applications';
import { createCli } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { containing } from '../support/matchers';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);
const conv = createCli(stores, queue);
const redeliver = (...flags: string[]) => conv(['events', 'redeliver', ...flags]);

async function makeOlder(events: readonly FeedEvent[], hours: number): Promise<void> {
  await stores.database.sequelize.query(
    'UPDATE events SET created_at = now() - make_interval(hours => :hours) WHERE id IN (:ids)',
    { replacements: { hours, ids: events.map(({ id }) => id) } },
  );
}

const acceptedIds = () => receiver.accepted().map(({ id }) => id);

/** Creates three events of one conversation, six, three and zero hours old, then switches pushing on. Returns their ids. */
async function createOldEvents(): Promise<string[]> {
  await createConversation(stores, 'COMPLETED');
  const events = await allEvents(stores);
  await makeOlder(events.slice(0, 1), 6);
  await makeOlder(events.slice(1, 2), 3);
  await switchPushingOn(stores.database);
  pushing.start();
  return events.map(({ id }) => id);
}

it('pushes the events since a time that are older than pushing, in their order', async () => {
  const events = await createOldEvents();
  expect(await redeliver('--since', '4h', '--yes')).toMatchObject({ code: 0, stderr: 'events queued: 2\n' });
  await eventually(() => receiver.accepted().length === 2);
  expect(acceptedIds()).toEqual(events.slice(1));
});

it('pushes only the events before --until', async () => {
  const events = await createOldEvents();
  await redeliver('--since', '4h', '--until', '1h', '--yes');
  await eventually(() => receiver.accepted().length === 1);
  expect(acceptedIds()).toEqual(events.slice(1, 2));
});

it('pushes delivered events of that time again', async () => {
  await createOldEvents();
  for (const times of [1, 2]) {
    await redeliver('--since', '1h');
    await eventually(() => receiver.attempts.length === times);
    await eventually(async () => (await queue.push.queue.getCompletedCount()) === 1);
  }
  expect(receiver.accepted()).toHaveLength(1);
});

it('counts the events and the delivered ones before it asks', async () => {
  await createOldEvents();
  await redeliver('--since', '1h');
  await eventually(() => receiver.accepted().length === 1);
  await eventually(async () => (await queue.push.queue.getCompletedCount()) === 1);
  const { code, stderr } = await redeliver('--since', '4h');
  expect([code, stderr]).toEqual([2, containing('push 2 events again (1 of them were delivered already)')]);
});

it('pushes nothing with --dry-run, and says what would be pushed', async () => {
  await createOldEvents();
  const { code, stderr } = await redeliver('--since', '4h', '--dry-run');
  expect([code, stderr]).toEqual([
    0,
    'dry run: would push 2 events again (0 of them were delivered already); nothing was changed\n',
  ]);
  expect(await queue.push.queue.getJobCounts('waiting', 'active', 'completed')).toEqual({
    waiting: 0,
    active: 0,
    completed: 0,
  });
});

it('refuses while pushing was never switched on', async () => {
  await createConversation(stores);
  const { code, stderr } = await redeliver('--since', '1h');
  expect([code, stderr]).toEqual([1, containing('set EVENTS_URL and EVENTS_SECRET')]);
});

it('leaves events to the relay that it has not passed', async () => {
  await switchPushingOn(stores.database);
  await createConversation(stores);
  await allEvents(stores);
  expect(await redeliver('--since', '1h')).toMatchObject({ code: 0, stderr: 'events queued: 0\n' });
});

it('refuses ids together with a time', async () => {
  const { code, stderr } = await redeliver('0198c0de-0000-7000-8000-000000000000', '--since', '1h');
  expect([code, stderr]).toEqual([2, containing('not both')]);
});
