import { parseApplicationEvent } from '../../src/applications/application-event';
import { seedConversations } from '../../src/conversations/seed';
import { clearTables, useDatabase } from '../support/database';

const stores = useDatabase();
const other = useDatabase();
beforeEach(() => Promise.all([clearTables(stores), clearTables(other)]));

/** What was sown, without ids and times of this run. */
async function sown({ database }: typeof stores) {
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

it('makes the same data of the same seed', async () => {
  const results = [];
  for (const { database } of [stores, other])
    results.push(await seedConversations(database, { count: 250, seed: 7 }));
  expect(results[1]).toEqual(results[0]);
  expect(await sown(other)).toEqual(await sown(stores));
});

it('makes other data of another seed', async () => {
  await seedConversations(stores.database, { count: 10, seed: 1 });
  await seedConversations(other.database, { count: 10, seed: 2 });
  const names = async ({ database }: typeof stores) =>
    (await database.candidates.findAll({ order: ['id'] })).map(({ lastName }) => lastName);
  expect(await names(stores)).not.toEqual(await names(other));
});

it('adds nothing the second time', async () => {
  await seedConversations(stores.database, { count: 100, seed: 7 });
  const before = await sown(stores);
  expect(await seedConversations(stores.database, { count: 100, seed: 7 })).toEqual({
    created: 0,
    rejected: 0,
  });
  expect(await sown(stores)).toEqual(before);
});

it('adds what is new when more is asked for', async () => {
  const first = await seedConversations(stores.database, { count: 20, seed: 7 });
  const second = await seedConversations(stores.database, { count: 60, seed: 7 });
  expect(first.created + first.rejected).toBe(20);
  expect(second.created + second.rejected).toBe(40);
});

it('tells how many conversations and rejections there are', async () => {
  const { created, rejected } = await seedConversations(stores.database, { count: 100, seed: 7 });
  expect(await stores.database.conversations.count()).toBe(created);
  expect(await stores.database.applications.count({ where: { status: 'REJECTED' } })).toBe(rejected);
  expect(created + rejected).toBe(100);
});

it('makes conversations of every status, and rejections', async () => {
  await seedConversations(stores.database, { count: 100, seed: 7 });
  const { applications, conversations } = await sown(stores);
  expect(new Set(conversations.map(({ status }) => status))).toEqual(
    new Set(['CREATED', 'ONGOING', 'COMPLETED']),
  );
  expect(applications.some(({ status }) => status === 'REJECTED')).toBe(true);
});

it('makes only what the webhook would have taken', async () => {
  await seedConversations(stores.database, { count: 300, seed: 7 });
  for (const { payload } of (await sown(stores)).applications)
    expect(parseApplicationEvent(payload)).toEqual(payload);
});

it('tells how far it is, up to the end', async () => {
  const told: number[] = [];
  await seedConversations(stores.database, { count: 12, seed: 7, progress: (done) => told.push(done) });
  expect(told.at(-1)).toBe(12);
  expect(told).toEqual([...told].sort((a, b) => a - b));
});

it('sows nothing where nothing is asked for', async () => {
  expect(await seedConversations(stores.database, { count: 0, seed: 7 })).toEqual({
    created: 0,
    rejected: 0,
  });
});
