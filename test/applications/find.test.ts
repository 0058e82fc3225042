import { findApplication } from '../../src/applications/find';
import { replayApplication } from '../../src/applications/replay';
import type { ApplicationEvent } from '../../src/lib/domain';
import { findJob } from '../../src/queue/applications';
import { useDatabase } from '../support/database';
import { createFailed, createRejected, processApplication, processEvent } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent, CANDIDATE, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';
import { enqueue, failPermanently, drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

const find = (id: string) => findApplication(stores.database, queue.applications, id);
const idsOf = ({ id, job_id, candidate_id }: ApplicationEvent) => ({ id, job_id, candidate_id });

it('returns QUEUED for a waiting job', async () => {
  const event = applicationEvent();
  const { data } = await enqueue(queue, event);
  expect(await find(event.id)).toEqual({
    ...idsOf(event),
    status: 'QUEUED',
    reason: null,
    conversation_id: null,
    received_at: data.received_at,
    processed_at: null,
  });
  await drainQueue(stores, queue);
});

it('returns PROCESSING while a worker processes it, and then its outcome', async () => {
  const first = applicationEvent();
  await processEvent(stores, first);
  const event = applicationEvent({ candidate_id: first.candidate_id });
  const { sequelize } = stores.database;
  const stop = await sequelize.transaction(async (transaction) => {
    await sequelize.query('SELECT FROM candidates WHERE id = ? FOR UPDATE', {
      replacements: [event.candidate_id],
      transaction,
    });
    const stopWorker = await runWorker(stores, queue);
    await enqueue(queue, event);
    await eventually(async () => (await find(event.id)).status === 'PROCESSING');
    expect(await find(event.id)).toMatchObject({ reason: null, conversation_id: null, processed_at: null });
    return stopWorker;
  });
  await eventually(async () => (await find(event.id)).status === 'REJECTED');
  await stop();
});

it('returns ACCEPTED with its conversation', async () => {
  const event = applicationEvent();
  const { conversation_id, processed_at } = await processEvent(
    stores,
    event,
    new Date('2024-01-01T00:00:00.001Z'),
  );
  expect(await find(event.id)).toEqual({
    ...idsOf(event),
    status: 'ACCEPTED',
    reason: null,
    conversation_id,
    received_at: '2024-01-01T00:00:00.001Z',
    processed_at,
  });
});

it('returns REJECTED with the reason', async () => {
  const event = await createRejected(stores);
  expect(await find(event.id)).toMatchObject({
    status: 'REJECTED',
    reason: 'ACTIVE_CONVERSATION',
    conversation_id: null,
  });
});

it('returns FAILED with the error in one line', async () => {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  const { status, reason, processed_at } = await find(event.id);
  expect(status).toBe('FAILED');
  expect(reason).toMatch(/^the database refuses the data.*$/);
  expect(processed_at).not.toBeNull();
});

it('returns FAILED when only the job exists', async () => {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  const inDatabase = await find(event.id);
  await stores.database.applications.destroy({ where: { id: event.id } });
  const inQueue = await find(event.id);
  expect(inQueue).toMatchObject({ status: 'FAILED', reason: inDatabase.reason });
  expect(inQueue.processed_at).not.toBeNull();
});

it('returns FAILED when only the row exists', async () => {
  const event = await createFailed(stores, 'it broke');
  expect(await find(event.id)).toMatchObject({ status: 'FAILED', reason: 'it broke' });
});

it('returns QUEUED when it is replayed, whatever its row says', async () => {
  const event = await createRejected(stores);
  await replayApplication(stores.database, queue.applications, event.id, 'test');
  expect(await find(event.id)).toMatchObject({ status: 'QUEUED', reason: null, processed_at: null });
  await drainQueue(stores, queue);
});

it('returns the row while a redelivery waits that changes nothing', async () => {
  const event = await createRejected(stores);
  await enqueue(queue, event);
  expect(await find(event.id)).toMatchObject({ status: 'REJECTED' });
  await drainQueue(stores, queue);
});

it('returns the row when a job has another payload', async () => {
  const event = applicationEvent();
  await processEvent(stores, event);
  await enqueue(queue, applicationEvent({ id: event.id, candidate: { ...CANDIDATE, first_name: 'Other' } }));
  expect(await find(event.id)).toMatchObject({ ...idsOf(event), status: 'ACCEPTED' });
  await drainQueue(stores, queue);
});

it('returns QUEUED between two attempts', async () => {
  const event = applicationEvent();
  const job = await enqueue(queue, event);
  await queue.bullmq.pause();
  await job.remove();
  await queue.bullmq.add('application', jobData(event), { jobId: job.id ?? '', delay: 3_600_000 });
  expect((await findJob(queue.applications, event.id))?.state).toBe('delayed');
  expect(await find(event.id)).toMatchObject({ status: 'QUEUED' });
  await (await findJob(queue.applications, event.id))?.job.remove();
  await queue.bullmq.resume();
});

it('stores the same outcome in the row and in the completed job', async () => {
  const event = applicationEvent();
  await enqueue(queue, event);
  await drainQueue(stores, queue);
  const found = await findJob(queue.applications, event.id);
  const { status, reason, conversation_id, processed_at } = await find(event.id);
  expect(found?.job.returnvalue).toEqual({ status, reason, conversation_id, processed_at });
  expect(await processApplication(stores.database, jobData(event))).toEqual(found?.job.returnvalue);
});

it.each(['unknown', '', ' ', '\u0000', '\ud800', 'x'.repeat(256)])(
  'throws NOT_FOUND for the id %j',
  async (id) => {
    await expect(find(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  },
);
