import { dismissApplication } from '../../src/applications/dismiss';
import {
  clearPayloads,
  FROM_THE_OLDEST,
  SETTLED_STATUSES,
  type RetentionCursor,
} from '../../src/applications/payload-retention';
import { findApplication } from '../../src/applications/find';
import { recordFailure } from '../../src/applications/record-failure';
import { selectByIds } from '../../src/applications/replay-selection';
import { replayApplication } from '../../src/applications/replay';
import { eraseCandidate } from '../../src/candidates/erase';
import { processApplication } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
beforeEach(() => clearTables(stores));

const DAY_MS = 86_400_000;

const receivedDaysAgo = (days: number, candidate_id = applicationEvent().candidate_id) =>
  jobData(applicationEvent({ candidate_id }), {
    received_at: new Date(Date.now() - days * DAY_MS).toISOString(),
  });

/** Creates an application of this status that was received 31 days ago. Returns its id. */
async function create(status: string): Promise<string> {
  const data = receivedDaysAgo(31);
  const { id, candidate_id } = data.event;
  if (status === 'ACCEPTED') await processApplication(stores.database, data);
  if (status === 'REJECTED' || status === 'DEFERRED') {
    await processApplication(stores.database, receivedDaysAgo(1, candidate_id));
    await processApplication(stores.database, data, status === 'REJECTED' ? 'reject' : 'defer');
  }
  if (status === 'FAILED' || status === 'dismissed') await recordFailure(stores.database, data, 'it broke');
  if (status === 'dismissed') await dismissApplication(stores.database, id, 'operator');
  return id;
}

/** Removes all payloads that are older than 30 days, in batches of this size. Returns how many. */
async function clearAll(limit = 1000): Promise<number> {
  let total = 0;
  for (const status of SETTLED_STATUSES) {
    for (let after: RetentionCursor | null = FROM_THE_OLDEST; after;) {
      const { cleared, next } = await clearPayloads(stores.database, 30, status, after, limit);
      total += cleared;
      after = next;
    }
  }
  return total;
}

const payloadOf = async (id: string) => (await stores.database.applications.findByPk(id))?.payload;

it.each(['ACCEPTED', 'REJECTED', 'dismissed'])(
  'removes the payload of an old %s application',
  async (status) => {
    const id = await create(status);
    expect(await clearAll()).toBe(1);
    expect(await payloadOf(id)).toBeNull();
  },
);

it.each(['DEFERRED', 'FAILED'])('keeps the payload of an old %s application', async (status) => {
  const id = await create(status);
  await clearAll();
  expect(await payloadOf(id)).toMatchObject({ id });
});

it('keeps the payload of an application that is not old enough', async () => {
  const data = receivedDaysAgo(29);
  await processApplication(stores.database, data);
  expect(await clearAll()).toBe(0);
});

it('removes every payload in batches, and none twice', async () => {
  for (let n = 0; n < 7; n++) await create('ACCEPTED');
  expect(await clearAll(3)).toBe(7);
  expect(await clearAll(3)).toBe(0);
});

it('keeps the outcome', async () => {
  const id = await create('REJECTED');
  const before = await findApplication(stores.database, queue.applications, id);
  await clearAll();
  expect(await findApplication(stores.database, queue.applications, id)).toEqual(before);
});

it('keeps the outcome for a redelivery, which stores no payload', async () => {
  const data = receivedDaysAgo(31);
  const first = await processApplication(stores.database, data);
  await clearAll();
  expect(
    await processApplication(stores.database, { ...data, received_at: new Date().toISOString() }),
  ).toEqual(first);
  expect(await payloadOf(data.event.id)).toBeNull();
});

it('processes a redelivery of a dismissed failure again', async () => {
  const data = receivedDaysAgo(31);
  await recordFailure(stores.database, data, 'it broke');
  await dismissApplication(stores.database, data.event.id, 'operator');
  await clearAll();
  expect(await processApplication(stores.database, data)).toMatchObject({ status: 'ACCEPTED' });
});

it('refuses a replay afterwards', async () => {
  const id = await create('REJECTED');
  await clearAll();
  await expect(replayApplication(stores.database, queue.applications, id, 'test')).rejects.toMatchObject({
    status: 409,
    detail: `application ${id} cannot be replayed: its payload was removed after KEEP_PAYLOADS_DAYS`,
  });
});

it('leaves it out of a selection for a replay', async () => {
  const id = await create('REJECTED');
  await clearAll();
  expect(await selectByIds(stores.database, queue.applications, [id])).toMatchObject({
    applications: [],
    erased: [{ id }],
  });
});

it('is not counted by an erasure', async () => {
  const id = await create('ACCEPTED');
  const { candidate_id } = await findApplication(stores.database, queue.applications, id);
  await clearAll();
  expect(await eraseCandidate(stores.database, queue.applications, candidate_id)).toMatchObject({
    candidates: 1,
    applications: 0,
  });
});
