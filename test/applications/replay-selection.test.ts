import { processApplication } from '../../src/applications/process';
import { recordFailure } from '../../src/applications/record-failure';
import { selectByFilter, selectByIds, type ReplayFilter } from '../../src/applications/replay-selection';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, processEvent, createFailed, createRejected } from '../support/applications';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { enqueue, failPermanently } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
beforeEach(async () => {
  await clearTables(stores);
  await queue.bullmq.obliterate({ force: true });
});

const chosen = async (filter: Partial<ReplayFilter> = {}) =>
  (
    await selectByFilter(stores.database, queue.applications, { status: ['FAILED', 'REJECTED'], ...filter })
  ).map(({ id }) => id);

const at = (day: number) => `2024-01-0${day}T00:00:00.000Z`;

/** A failed job whose failure never reached the database. */
async function failedInQueueOnly(received_at: string): Promise<string> {
  const event = applicationEvent();
  await failPermanently(stores, queue, event, received_at);
  await stores.database.applications.destroy({ where: { id: event.id } });
  return event.id;
}

async function failedAt(day: number): Promise<string> {
  const event = applicationEvent();
  await recordFailure(stores.database, jobData(event, { received_at: at(day) }), 'it broke');
  return event.id;
}

it('chooses what failed and what was rejected, and nothing that was accepted', async () => {
  const { id } = await createFailed(stores);
  const second = await createRejected(stores);
  expect(await chosen()).toEqual([id, second.id]);
});

it('chooses by status', async () => {
  const { id } = await createFailed(stores);
  const second = await createRejected(stores);
  expect(await chosen({ status: ['FAILED'] })).toEqual([id]);
  expect(await chosen({ status: ['REJECTED'] })).toEqual([second.id]);
});

it('chooses by reason', async () => {
  await createFailed(stores);
  const active = await createRejected(stores);
  const duplicate = applicationEvent({ candidate_id: active.candidate_id, job_id: 'twice' });
  await createConversation(stores, 'COMPLETED', { candidate_id: 'other', job_id: 'twice' });
  await processEvent(stores, { ...duplicate, candidate_id: 'other' });
  expect(await chosen({ reason: ['DUPLICATE_APPLICATION'] })).toEqual([duplicate.id]);
  expect(await chosen({ reason: ['ACTIVE_CONVERSATION'] })).toEqual([active.id]);
});

it('chooses strictly between two moments, oldest first', async () => {
  const ids: string[] = [];
  for (const day of [3, 1, 2, 4]) ids.push(await failedAt(day));
  const [third, first, second, fourth] = ids;
  expect(await chosen()).toEqual([first, second, third, fourth]);
  expect(await chosen({ since: new Date(at(1)) })).toEqual([second, third, fourth]);
  expect(await chosen({ until: new Date(at(2)) })).toEqual([first]);
  expect(await chosen({ since: new Date(at(1)), until: new Date(at(3)) })).toEqual([second]);
});

it('goes through more than one page of rows', async () => {
  await stores.database.sequelize.query(`INSERT INTO applications
    (id, job_id, candidate_id, status, reason, payload, received_at, processed_at)
    SELECT 'many-' || n, 'j', 'c', 'FAILED', 'it broke', '{}', now(), now() FROM generate_series(1, 501) AS n`);
  expect(new Set(await chosen()).size).toBe(501);
});

describe('a failed job that is in the queue only', () => {
  it('is chosen too, in its place by time', async () => {
    const early = await failedAt(1);
    const job = await failedInQueueOnly(at(2));
    const late = await failedAt(3);
    expect(await chosen({ status: ['FAILED'] })).toEqual([early, job, late]);
  });

  it('is held to the same filters', async () => {
    const job = await failedInQueueOnly(at(2));
    expect(await chosen({ since: new Date(at(1)), until: new Date(at(3)) })).toEqual([job]);
    expect(await chosen({ since: new Date(at(2)) })).toEqual([]);
    expect(await chosen({ until: new Date(at(2)) })).toEqual([]);
    expect(await chosen({ status: ['REJECTED'] })).toEqual([]);
    expect(await chosen({ reason: ['ACTIVE_CONVERSATION'] })).toEqual([]);
  });

  it('is chosen once where it has a row as well', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    expect(await chosen()).toEqual([event.id]);
  });

  it('is not chosen as FAILED where its row says that it was accepted after all', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    await processApplication(stores.database, jobData(event));
    expect(await chosen()).toEqual([]);
  });
});

it('does not choose a job that waits', async () => {
  await enqueue(queue, applicationEvent());
  expect(await chosen()).toEqual([]);
});

it('finds applications by id, each once, and names those that do not exist', async () => {
  const first = await createFailed(stores);
  const waiting = applicationEvent();
  await enqueue(queue, waiting);
  const { found, missing } = await selectByIds(stores.database, queue.applications, [
    first.id,
    'missing',
    waiting.id,
    first.id,
    '\u0000',
  ]);
  expect(found.map(({ id, status }) => [id, status])).toEqual([
    [first.id, 'FAILED'],
    [waiting.id, 'QUEUED'],
  ]);
  expect(missing).toEqual(['missing', '\u0000']);
});
