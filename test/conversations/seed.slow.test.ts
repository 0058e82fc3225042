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

  expect(await seedConversations(stores.database, seed)).toEqual({ created: 0, rejected: 0 });
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
  await seedConversations(stores.database, { count: 12, seed: 7, progress: (done) => progress.push(done) });
  expect(progress).toEqual([5, 10, 12]);
});

it('creates nothing for a count of 0', async () => {
  const result = await seedConversations(stores.database, { count: 0, seed: 7 });
  expect(result).toEqual({ created: 0, rejected: 0 });
});
