import { parseApplicationEvent } from '../../src/applications/application-event';
import { seedConversations } from '../../src/conversations/seed';
import { clearTables, useDatabase } from '../support/database';

const stores = useDatabase();
const other = useDatabase();
beforeEach(() => Promise.all([clearTables(stores), clearTables(other)]));

/** Returns the seeded rows without the ids and times of this run. */
async function readSeeded({ database }: typeof stores) {
  const applications = await database.applications.findAll({ order: ['id'] });
  const conversations = await database.conversations.findAll({ order: ['applicationId'] });
  return {
    applications: applications.map(({ id, jobId, candidateId, status, reason, payload }) => ({
      id,
      jobId,
      candidateId,
      status,
      reason,
      payload,
    })),
    conversations: conversations.map(({ applicationId, candidateId, jobId, status }) => ({
      applicationId,
      candidateId,
      jobId,
      status,
    })),
  };
}

it('creates the same data for the same seed', async () => {
  const results = [];
  for (const { database } of [stores, other])
    results.push(await seedConversations(database, { count: 60, seed: 7 }));
  expect(results[1]).toEqual(results[0]);
  expect(await readSeeded(other)).toEqual(await readSeeded(stores));
});

it('creates other data for another seed', async () => {
  await seedConversations(stores.database, { count: 10, seed: 1 });
  await seedConversations(other.database, { count: 10, seed: 2 });
  const names = async ({ database }: typeof stores) =>
    (await database.candidates.findAll({ order: ['id'] })).map(({ lastName }) => lastName);
  expect(await names(stores)).not.toEqual(await names(other));
});

it('creates only applications that the webhook accepts, of every status, and nothing the second time', async () => {
  const seed = { count: 100, seed: 7 };
  const { created, rejected } = await seedConversations(stores.database, seed);
  const seeded = await readSeeded(stores);
  for (const { payload } of seeded.applications) expect(parseApplicationEvent(payload)).toEqual(payload);
  const statuses = new Set(seeded.conversations.map(({ status }) => status));
  expect(statuses).toEqual(new Set(['CREATED', 'ONGOING', 'COMPLETED']));
  expect(created + rejected).toBe(100);
  expect(seeded.conversations).toHaveLength(created);
  expect(rejected).toBeGreaterThan(0);
  expect(seeded.applications.filter(({ status }) => status === 'REJECTED')).toHaveLength(rejected);

  expect(await seedConversations(stores.database, seed)).toEqual({ created: 0, rejected: 0, done: 100 });
  expect(await readSeeded(stores)).toEqual(seeded);
});

it('adds only the difference when the count is higher', async () => {
  const first = await seedConversations(stores.database, { count: 10, seed: 7 });
  const second = await seedConversations(stores.database, { count: 30, seed: 7 });
  expect(first.created + first.rejected).toBe(10);
  expect(second.created + second.rejected).toBe(20);
});

it('reports its progress up to the end', async () => {
  const progress: number[] = [];
  await seedConversations(stores.database, { count: 2100, seed: 7, progress: (done) => progress.push(done) });
  expect(progress).toEqual([2000, 2100]);
});

it('creates nothing for a count of 0', async () => {
  const result = await seedConversations(stores.database, { count: 0, seed: 7 });
  expect(result).toEqual({ created: 0, rejected: 0, done: 0 });
});

describe('a mix of statuses', () => {
  it.each(['CREATED', 'ONGOING', 'COMPLETED'] as const)('can be %s alone', async (status) => {
    const mix = { CREATED: 0, ONGOING: 0, COMPLETED: 0, [status]: 1 };
    const { created } = await seedConversations(stores.database, { count: 30, seed: 7, mix });
    expect(await stores.database.conversations.count({ where: { status } })).toBe(created);
  });

  it('gives each status about its share', async () => {
    const mix = { CREATED: 7, ONGOING: 2, COMPLETED: 1 };
    const { created } = await seedConversations(stores.database, { count: 1000, seed: 7, mix });
    const shares = Object.entries(mix).map(async ([status, weight]) => {
      const share = (await stores.database.conversations.count({ where: { status } })) / created;
      return Math.abs(share - weight / 10) < 0.05;
    });
    expect(await Promise.all(shares)).toEqual([true, true, true]);
  });

  it('lets candidates apply again whose first conversation is COMPLETED', async () => {
    const mix = { CREATED: 0, ONGOING: 0, COMPLETED: 1 };
    const { created } = await seedConversations(stores.database, { count: 50, seed: 7, mix });
    expect([created, await stores.database.candidates.count()]).toEqual([50, 48]);
  });
});

it('writes an event for each step of each conversation, in order', async () => {
  await seedConversations(stores.database, { count: 100, seed: 7 });
  const [rows] = await stores.database.sequelize.query(`
    SELECT c.status, string_agg(e.data->>'status', ' ' ORDER BY e.sequence_number) AS steps
    FROM conversations c JOIN events e USING (application_id) GROUP BY c.id, c.status`);
  const steps = { CREATED: 'CREATED', ONGOING: 'CREATED ONGOING', COMPLETED: 'CREATED ONGOING COMPLETED' };
  const found = new Set(
    (rows as { status: keyof typeof steps; steps: string }[]).map((row) => JSON.stringify(row)),
  );
  const expected = Object.entries(steps).map(([status, one]) => JSON.stringify({ status, steps: one }));
  expect(found).toEqual(new Set(expected));
});

it('stops after the chunks that are being written, and continues there', async () => {
  const stop = new AbortController();
  const seed = { count: 2500, seed: 7 };
  const options = { ...seed, signal: stop.signal, progress: () => stop.abort() };
  const first = await seedConversations(stores.database, options);
  const second = await seedConversations(stores.database, seed);
  expect([first.done, first.created + first.rejected, second.created + second.rejected]).toEqual([
    2000, 2000, 500,
  ]);
});

it('runs twice at the same time and still creates each application once', async () => {
  const seed = { count: 500, seed: 7 };
  const results = await Promise.all([1, 2].map(() => seedConversations(stores.database, seed)));
  expect(results.reduce((sum, { created, rejected }) => sum + created + rejected, 0)).toBe(500);
});
