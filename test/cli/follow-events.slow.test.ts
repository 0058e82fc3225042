import { moveConversation } from '../../src/conversations/move';
import { readFeed } from '../../src/events/feed';
import { assignAllPositions } from '../../src/events/position';
import { createConversation } from '../support/applications';
import { startConv } from '../support/conv-process';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { forwardTo } from '../support/proxy';

const stores = useDatabase();

/** Starts `conv events --follow`. */
const follow = (databaseUrl: string, ...args: string[]) =>
  startConv(['events', '--follow', ...args], { DATABASE_URL: databaseUrl });

/** Returns the ids of all events, in the order of the feed. */
async function eventIds(): Promise<string[]> {
  await assignAllPositions(stores.database);
  const { data } = await readFeed(stores.database, { after: null, types: undefined, limit: 10_000 });
  return data.map(({ id }) => id);
}

it('prints the events after its start', async () => {
  const first = await createConversation(stores);
  const following = follow(stores.url, '-o', 'ndjson');
  // Until it has read where to start, new events are from before its start.
  await eventually(async () => {
    await moveConversation(stores.database, await createConversation(stores), 'ONGOING');
    return following.lines().length > 0;
  });
  expect(following.lines().join()).not.toContain(first);
  await following.stop();
});

it.each([
  ['--tail', '2'],
  ['--latest', '1'],
])('prints with %s the newest %s events and then new ones', async (flag, count) => {
  const before = (await eventIds()).slice(-Number(count));
  const following = follow(stores.url, '-o', 'ids', flag, ...(flag === '--tail' ? [count] : []));
  await eventually(() => following.lines().length === before.length);
  await createConversation(stores);
  const added = (await eventIds()).slice(-1);
  await eventually(() => following.lines().length > before.length);
  expect(following.lines()).toEqual([...before, ...added]);
  await following.stop();
});

it('prints with --since the events of then and later, and then new ones', async () => {
  const time = new Date(Date.now() - 3_600_000).toISOString();
  const [old = '', ...others] = await eventIds();
  await stores.database.sequelize.query(
    `UPDATE events SET created_at = created_at - interval '2 hours' WHERE id = :old`,
    { replacements: { old } },
  );
  const following = follow(stores.url, '-o', 'ids', '--since', time);
  await eventually(() => following.lines().length === others.length);
  await createConversation(stores);
  const added = (await eventIds()).slice(-1);
  await eventually(() => following.lines().length > others.length);
  expect(following.lines()).toEqual([...others, ...added]);
  await following.stop();
});

it('prints with --all the existing events and then new ones', async () => {
  const existing = await eventIds();
  const following = follow(stores.url, '-o', 'ids', '--all');
  await eventually(() => following.lines().length === existing.length);
  await createConversation(stores);
  await eventually(() => following.lines().length > existing.length);
  expect(following.lines()).toEqual(await eventIds());
  await following.stop();
});

it('prints only the events after --after with the types of --type', async () => {
  const first = (await eventIds()).at(-1) ?? '';
  const moved = [await createConversation(stores, 'ONGOING')];
  const following = follow(stores.url, '-o', 'table', '--after', first, '--type', 'conversation.updated');
  await eventually(() => following.lines().length === 1);
  moved.push(await createConversation(stores, 'ONGOING'));
  await eventually(() => following.lines().length === 2);
  const cells = following.lines().map((line) => line.split('\t'));
  expect(cells.map(([, type, , subject]) => [type, subject])).toEqual(
    moved.map((id) => ['conversation.updated', id]),
  );
  await following.stop();
});

it.each(['cut', 'stall'] as const)(
  'continues after an outage of the database without losing or repeating an event (%s)',
  async (outage) => {
    const proxy = await forwardTo(stores.url);
    const following = follow(proxy.through(stores.url), '-o', 'ids', '--all');
    await createConversation(stores);
    const hasAll = async () => (await stores.database.events.count()) === following.lines().length;
    await eventually(hasAll);
    proxy[outage]();
    if (outage === 'cut') await eventually(() => following.stderr().includes('cannot be reached'));
    await createConversation(stores);
    proxy.restore();
    await eventually(hasAll);
    expect(new Set(following.lines()).size).toBe(following.lines().length);
    if (outage === 'cut') {
      await eventually(() => following.stderr().includes('reconnected')); // Arrives through another pipe.
      expect(following.stderr()).toBe(
        'conv: PostgreSQL cannot be reached; trying again\nconv: reconnected to PostgreSQL\n',
      );
    }
    expect(following.isRunning()).toBe(true);
    await following.stop();
  },
);

it('loses and repeats no event while connections are cut again and again', async () => {
  const proxy = await forwardTo(stores.url);
  const following = follow(proxy.through(stores.url), '-o', 'ids', '--all');
  await eventually(() => following.lines().length > 0);
  for (let outage = 0; outage < 4; outage++) {
    const created = Array.from({ length: 20 }, () => createConversation(stores));
    proxy.cut();
    await Promise.all(created);
    proxy.restore();
    const count = (await eventIds()).length - 10; // The next outage comes while it may still be reading.
    await eventually(() => following.lines().length > count);
  }
  const all = await eventIds();
  await eventually(() => following.lines().length >= all.length);
  expect(following.lines()).toEqual(all);
  await following.stop();
});

it('goes on after positions could not be assigned for longer than a lock may take', async () => {
  const following = follow(stores.url, '-o', 'ids', '--tail', '1');
  await eventually(() => following.lines().length === 1);
  const LOCK = `SET LOCAL idle_in_transaction_session_timeout = 0;
    SELECT pg_advisory_xact_lock(hashtext('conv.assign_event_positions'))`;
  await stores.database.sequelize.transaction(async (transaction) => {
    await stores.database.sequelize.query(LOCK, { transaction });
    await createConversation(stores);
    await eventually(() => following.stderr() === 'conv: the database is busy; trying again\n');
  });
  await eventually(() => following.lines().length === 2);
  expect(following.lines()).toEqual((await eventIds()).slice(-2));
  await following.stop();
});

it('exits 3 if the database cannot be reached at the start', async () => {
  const proxy = await forwardTo(stores.url);
  proxy.cut();
  const following = follow(proxy.through(stores.url));
  expect(await following.ended()).toBe(3);
  expect(following.stderr()).toMatch(/^conv: cannot reach PostgreSQL at /);
});
