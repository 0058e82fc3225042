import { presentApplication } from '../../src/lib/present';
import { findJob, type ApplicationJobData } from '../../src/queue/applications';
import { toJobId } from '../../src/queue/job-id';
import { clearTables, useDatabase } from '../support/database';
import { processEvent } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { countRefusals, refuseCandidate } from '../support/database-faults';
import { useQueue } from '../support/queue';
import { useWorker } from '../support/worker';
import { enqueue, countOpenJobs, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
useWorker(stores, queue);

beforeEach(async () => {
  await queue.bullmq.obliterate({ force: true });
  await clearTables(stores);
});

const settled = () => eventually(async () => (await countOpenJobs(queue)) === 0, 60_000);
const rowOf = async (id: string) =>
  (await stores.database.applications.findAll({ where: { id } })).map(presentApplication)[0];

/** Adds a job with few attempts, which are used up soon. */
const enqueueWith = (job: ApplicationJobData, attempts: number) =>
  queue.bullmq.add('application', job, {
    jobId: toJobId(job.event.id),
    attempts,
    backoff: { type: 'fixed', delay: 10 },
  });

it('stores the outcome of an accepted application in its job', async () => {
  const event = applicationEvent();
  await enqueue(queue, event);
  const outcome = await eventually(() => jobOutcome(queue, event));
  const row = await rowOf(event.id);
  expect(outcome).toEqual({
    status: 'ACCEPTED',
    reason: null,
    conversation_id: row?.conversation_id,
    processed_at: row?.processed_at,
  });
  expect(outcome.conversation_id).toMatch(/^[0-9a-f-]{36}$/);
});

it('completes the job of a rejected application at the first attempt', async () => {
  const first = applicationEvent();
  await processEvent(stores, first);
  const event = applicationEvent({ candidate_id: first.candidate_id });
  await enqueue(queue, event);
  const outcome = await eventually(() => jobOutcome(queue, event));
  expect(outcome).toMatchObject({ status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', conversation_id: null });
  expect((await findJob(queue.applications, event.id))?.job.attemptsMade).toBe(1);
});

it('retries an unexpected error until the application is processed, and records no failure', async () => {
  const event = applicationEvent();
  const { sequelize } = stores.database;
  const removeFault = await refuseCandidate(sequelize, event.candidate_id, { sqlState: 'XX000', times: 2 });
  await enqueue(queue, event);
  expect(await eventually(() => jobOutcome(queue, event))).toMatchObject({ status: 'ACCEPTED' });
  expect(await countRefusals(sequelize)).toBe(3);
  expect((await findJob(queue.applications, event.id))?.job.attemptsMade).toBe(3);
  expect(await rowOf(event.id)).toMatchObject({ status: 'ACCEPTED', reason: null });
  await removeFault();
});

it.each([
  ['a lock', '55P03'],
  ['a statement timeout', '57014'],
  ['a deadlock', '40P01'],
  ['a serialization failure', '40001'],
  ['an idle transaction that was ended', '25P03'],
])('%s uses up no attempt (%s)', async (_what, sqlState) => {
  const event = applicationEvent();
  const { sequelize } = stores.database;
  const removeFault = await refuseCandidate(sequelize, event.candidate_id, { sqlState, times: 2 });
  await enqueueWith(jobData(event), 1);
  await settled();
  expect(await jobOutcome(queue, event)).toMatchObject({ status: 'ACCEPTED' });
  expect((await findJob(queue.applications, event.id))?.job.attemptsMade).toBe(1);
  await removeFault();
});

it.each(['23514', '22003'])(
  'fails a permanent error at once (%s), and processes other jobs',
  async (sqlState) => {
    const refused = applicationEvent();
    const removeFault = await refuseCandidate(stores.database.sequelize, refused.candidate_id, { sqlState });
    const neighbours = Array.from({ length: 20 }, () => applicationEvent());
    for (const event of [...neighbours.slice(0, 10), refused, ...neighbours.slice(10)])
      await enqueue(queue, event);
    await settled();
    const found = await findJob(queue.applications, refused.id);
    expect(found).toMatchObject({ state: 'failed', job: { attemptsMade: 1 } });
    expect(await rowOf(refused.id)).toMatchObject({ status: 'FAILED', reason: found?.job.failedReason });
    for (const event of neighbours)
      expect(await jobOutcome(queue, event)).toMatchObject({ status: 'ACCEPTED' });
    await removeFault();
  },
);

it('fails only when the attempts are used up', async () => {
  const event = applicationEvent();
  const removeFault = await refuseCandidate(stores.database.sequelize, event.candidate_id, {
    sqlState: 'XX000',
  });
  await enqueueWith(jobData(event), 3);
  await settled();
  expect(await countRefusals(stores.database.sequelize)).toBe(3);
  expect(await findJob(queue.applications, event.id)).toMatchObject({
    state: 'failed',
    job: { attemptsMade: 3 },
  });
  expect(await rowOf(event.id)).toMatchObject({
    status: 'FAILED',
    reason: 'database error, SQLSTATE XX000',
    conversation_id: null,
  });
  await removeFault();
});

it('stores a reason without personal data or internal messages', async () => {
  const event = applicationEvent();
  const removeFault = await refuseCandidate(stores.database.sequelize, event.candidate_id, {
    sqlState: '23514',
  });
  await enqueue(queue, event);
  await settled();
  const reason = (await rowOf(event.id))?.reason ?? '';
  expect(reason).not.toContain('refused by the test');
  expect(reason).not.toContain(event.candidate.email_address);
  expect(reason).not.toContain('\n');
  await removeFault();
});

/** Data that the webhook never accepts, but other clients of Redis can add. */
it.each([
  ['no event', { event: undefined }],
  ['an event without a candidate', { event: { ...applicationEvent(), candidate: undefined } }],
  ['a job id that is a list', { event: { ...applicationEvent(), job_id: ['j'] } }],
  ['an invalid time', { received_at: 'yesterday' }],
])('fails a job whose data has %s, and processes other jobs', async (_what, wrong) => {
  const job = { ...jobData(applicationEvent()), ...wrong } as unknown as ApplicationJobData;
  const neighbour = applicationEvent();
  await queue.bullmq.add('application', job, { jobId: 'made-by-hand', attempts: 2, backoff: 10 });
  await enqueue(queue, neighbour);
  await settled();
  expect(await (await queue.bullmq.getJob('made-by-hand'))?.getState()).toBe('failed');
  expect(await jobOutcome(queue, neighbour)).toMatchObject({ status: 'ACCEPTED' });
});
