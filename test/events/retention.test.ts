import { readFeed } from '../../src/events/feed';
import { pruneEvents } from '../../src/events/retention';
import { useDatabase } from '../support/database';
import { insertEvents } from '../support/feed';

const stores = useDatabase();

async function query(sql: string, replacements: Record<string, unknown> = {}): Promise<unknown[]> {
  const [rows] = await stores.database.sequelize.query(sql, { replacements });
  return rows;
}

const makeOlder = (ids: readonly string[], days: number) =>
  query('UPDATE events SET created_at = now() - make_interval(days => :days) WHERE id IN (:ids)', {
    days,
    ids,
  });

const addDelivery = (eventId: string, status: string) =>
  query(
    `INSERT INTO event_deliveries (event_id, application_id, position, status)
     SELECT id, application_id, position, :status FROM events WHERE id = :eventId`,
    { eventId, status },
  );

/** Marks the feed as enqueued for pushing up to this event. */
const enqueuedUpTo = (id: string) =>
  query(`INSERT INTO event_readers (name, position) SELECT 'push', position FROM events WHERE id = :id`, {
    id,
  });

async function remaining(): Promise<string[]> {
  return ((await query('SELECT id FROM events ORDER BY sequence_number')) as { id: string }[]).map(
    ({ id }) => id,
  );
}

async function positionOf(id: string): Promise<string | undefined> {
  const [row] = (await query('SELECT position FROM events WHERE id = :id', { id })) as { position: string }[];
  return row?.position;
}

const plant = (count: number) => insertEvents(stores.database, count);
const prune = (pushing = false) => pruneEvents(stores.database, 30, pushing);

beforeEach(() => query('TRUNCATE events, event_readers CASCADE'));

it('removes only events that are older than the limit', async () => {
  const ids = await plant(5);
  await makeOlder(ids.slice(0, 2), 31);
  await makeOlder(ids.slice(2, 3), 29);
  expect(await prune()).toEqual({ removed: 2, next: null });
  expect(await remaining()).toEqual(ids.slice(2));
  expect(await prune()).toEqual({ removed: 0, next: null });
});

it('keeps the newest event, which is the cursor of readers that are up to date', async () => {
  const ids = await plant(3);
  await makeOlder(ids, 400);
  await prune();
  expect(await remaining()).toEqual(ids.slice(2));
});

it('keeps events without a position', async () => {
  const [unplaced = '', newest] = await plant(2);
  await query('UPDATE events SET position = NULL WHERE id = :unplaced', { unplaced });
  await makeOlder([unplaced], 400);
  expect(await prune()).toEqual({ removed: 0, next: null });
  expect(await remaining()).toEqual([unplaced, newest]);
});

it('keeps events whose push is pending or parked', async () => {
  const ids = await plant(4);
  await makeOlder(ids, 400);
  for (const [index, status] of ['PENDING', 'PARKED', 'DELIVERED'].entries())
    await addDelivery(ids[index] ?? '', status);
  expect(await prune()).toEqual({ removed: 1, next: null });
  expect(await remaining()).toEqual([ids[0], ids[1], ids[3]]);
});

it('keeps events that were not enqueued for pushing yet', async () => {
  const ids = await plant(5);
  await makeOlder(ids, 400);
  await enqueuedUpTo(ids[1] ?? '');
  expect(await prune(true)).toEqual({ removed: 2, next: null });
  expect(await remaining()).toEqual(ids.slice(2));
});

it('removes events that were not enqueued when pushing is off', async () => {
  const ids = await plant(5);
  await makeOlder(ids, 400);
  await enqueuedUpTo(ids[1] ?? '');
  expect(await prune(false)).toEqual({ removed: 4, next: null });
});

it('removes the old events of one page, and returns where the next page begins', async () => {
  const ids = await plant(5003);
  await makeOlder(ids, 400);
  await addDelivery(ids[0] ?? '', 'PARKED');
  const lastOfPage = await positionOf(ids[4999] ?? '');
  const { removed, next } = await prune();
  expect({ removed, next }).toEqual({ removed: 4999, next: lastOfPage });
  expect(await pruneEvents(stores.database, 30, false, next ?? '')).toEqual({ removed: 2, next: null });
  expect(await remaining()).toEqual([ids[0], ids.at(-1)]);
});

it('has no next page after a page that ends with a young event', async () => {
  const ids = await plant(5003);
  await makeOlder(ids.slice(0, 4999), 400);
  expect(await prune()).toEqual({ removed: 4999, next: null });
});

describe('a reader whose cursor is an event that retention kept', () => {
  const readAfter = (after: string) => readFeed(stores.database, { after, types: undefined, limit: 10 });

  it('gets 410 when later events were removed, instead of skipping them', async () => {
    const ids = await plant(4);
    await makeOlder(ids.slice(0, 3), 400);
    await addDelivery(ids[0] ?? '', 'PARKED');
    expect(await prune()).toEqual({ removed: 2, next: null });
    await expect(readAfter(ids[0] ?? '')).rejects.toMatchObject({ code: 'GONE' });
  });

  it('reads on when only earlier events were removed', async () => {
    const ids = await plant(4);
    await makeOlder(ids.slice(0, 2), 400);
    await addDelivery(ids[1] ?? '', 'PARKED');
    await prune();
    expect((await readAfter(ids[1] ?? '')).data.map(({ id }) => id)).toEqual(ids.slice(2));
  });
});
