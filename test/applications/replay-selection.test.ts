import { eraseCandidate } from '../../src/candidates/erase';
import type { ApplicationView } from '../../src/lib/domain';
import { recordFailure } from '../../src/applications/record-failure';
import { replayApplication } from '../../src/applications/replay';
import type { ReplayFilter } from '../../src/applications/replay-filter';
import { selectByFilter, selectByIds } from '../../src/applications/replay-selection';
import { clearTables, useDatabase } from '../support/database';
import {
  createConversation,
  createFailed,
  createRejected,
  processApplication,
  processEvent,
} from '../support/applications';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { enqueue, failPermanently } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
beforeEach(async () => {
  await clearTables(stores);
  await queue.bullmq.obliterate({ force: true });
});

const select = async (filter: Partial<ReplayFilter> = {}) =>
  (
    await selectByFilter(stores.database, queue.applications, { status: ['FAILED', 'REJECTED'], ...filter })
  ).applications.map(({ id }) => id);

const at = (day: number) => `2024-01-0${day}T00:00:00.000Z`;

/** Creates a failed job whose failure was not recorded in the database. */
async function failInQueueOnly(received_at: string): Promise<string> {
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

it('selects failed and rejected applications, not accepted ones', async () => {
  const { id } = await createFailed(stores);
  const second = await createRejected(stores);
  expect(await select()).toEqual([id, second.id]);
});

it('selects by status', async () => {
  const { id } = await createFailed(stores);
  const second = await createRejected(stores);
  expect(await select({ status: ['FAILED'] })).toEqual([id]);
  expect(await select({ status: ['REJECTED'] })).toEqual([second.id]);
});

it('selects by reason', async () => {
  await createFailed(stores);
  const active = await createRejected(stores);
  const duplicate = applicationEvent({ candidate_id: active.candidate_id, job_id: 'twice' });
  await createConversation(stores, 'COMPLETED', { candidate_id: 'other', job_id: 'twice' });
  await processEvent(stores, { ...duplicate, candidate_id: 'other' });
  expect(await select({ reason: ['DUPLICATE_APPLICATION'] })).toEqual([duplicate.id]);
  expect(await select({ reason: ['ACTIVE_CONVERSATION'] })).toEqual([active.id]);
});

it('selects from a time, inclusive, until another, exclusive, oldest first', async () => {
  const ids: string[] = [];
  for (const day of [3, 1, 2, 4]) ids.push(await failedAt(day));
  const [third, first, second, fourth] = ids;
  expect(await select()).toEqual([first, second, third, fourth]);
  expect(await select({ since: new Date(at(2)) })).toEqual([second, third, fourth]);
  expect(await select({ until: new Date(at(2)) })).toEqual([first]);
  expect(await select({ since: new Date(at(2)), until: new Date(at(3)) })).toEqual([second]);
});

it('selects more than one page of rows', async () => {
  await stores.database.sequelize.query(`INSERT INTO applications
    (id, job_id, candidate_id, status, reason, payload, received_at, processed_at)
    SELECT 'many-' || n, 'j', 'c', 'FAILED', 'it broke', '{}', now(), now() FROM generate_series(1, 501) AS n`);
  expect(new Set(await select()).size).toBe(501);
});

describe('a failed job without a row', () => {
  it('is selected in order of time', async () => {
    const early = await failedAt(1);
    const job = await failInQueueOnly(at(2));
    const late = await failedAt(3);
    expect(await select({ status: ['FAILED'] })).toEqual([early, job, late]);
  });

  it('is filtered in the same way', async () => {
    const job = await failInQueueOnly(at(2));
    expect(await select({ since: new Date(at(1)), until: new Date(at(3)) })).toEqual([job]);
    expect(await select({ since: new Date(at(2)) })).toEqual([job]);
    expect(await select({ since: new Date(at(3)) })).toEqual([]);
    expect(await select({ until: new Date(at(2)) })).toEqual([]);
    expect(await select({ status: ['REJECTED'] })).toEqual([]);
    expect(await select({ reason: ['ACTIVE_CONVERSATION'] })).toEqual([]);
  });

  it('is selected once when it has a row after all', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    expect(await select()).toEqual([event.id]);
  });

  it('is not selected when its row is ACCEPTED', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    await processApplication(stores.database, jobData(event));
    expect(await select()).toEqual([]);
  });
});

it('does not select a waiting job', async () => {
  await enqueue(queue, applicationEvent());
  expect(await select()).toEqual([]);
});

it('selects by candidate, job, time of failure and error', async () => {
  const early = applicationEvent();
  await recordFailure(stores.database, jobData(early, { received_at: at(1) }), 'no such column: phone');
  await stores.database.applications.update({ processedAt: new Date(at(1)) }, { where: { id: early.id } });
  const late = applicationEvent({ job_id: early.job_id });
  await recordFailure(stores.database, jobData(late, { received_at: at(1) }), 'the database is busy');
  expect(await select({ candidate_id: late.candidate_id })).toEqual([late.id]);
  expect(await select({ job_id: early.job_id })).toEqual([early.id, late.id].sort());
  expect(await select({ status: ['FAILED'], error: 'COLUMN' })).toEqual([early.id]);
  expect(await select({ status: ['FAILED'], failedSince: new Date(at(2)) })).toEqual([late.id]);
});

it('selects by id, each once, by what a replay does with each', async () => {
  const failed = await createFailed(stores);
  const waiting = applicationEvent();
  await enqueue(queue, waiting);
  const erased = await createFailed(stores);
  await eraseCandidate(stores.database, queue.applications, erased.candidate_id);
  const accepted = applicationEvent();
  await createConversation(stores, 'CREATED', accepted);
  const ids = [failed.id, 'missing', waiting.id, failed.id, erased.id, accepted.id, '\u0000'];
  const selected = await selectByIds(stores.database, queue.applications, ids);
  const idsOf = (group: ApplicationView[]) => group.map(({ id }) => id);
  expect({
    applications: idsOf(selected.applications),
    waiting: idsOf(selected.waiting),
    erased: idsOf(selected.erased),
    accepted: idsOf(selected.accepted),
    missing: selected.missing,
  }).toEqual({
    applications: [failed.id],
    waiting: [waiting.id],
    erased: [erased.id],
    accepted: [accepted.id],
    missing: ['missing', '\u0000'],
  });
});

it('leaves out what was replayed before and still waits', async () => {
  const { id } = await createFailed(stores);
  await replayApplication(stores.database, queue.applications, id, 'test');
  expect(await select({ status: ['FAILED'] })).toEqual([]);
});
