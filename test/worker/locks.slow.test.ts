import type { ApplicationEvent } from '../../src/lib/domain';
import { findJob, retryJob } from '../../src/queue/applications';
import { toJobId } from '../../src/queue/job-id';
import { storesEnv } from '../support/cli';
import { lockCandidate } from '../support/candidate-lock';
import { useDatabase } from '../support/database';
import { findFinding } from '../support/doctor';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { jobOutcome } from '../support/queue-jobs';
import { recordingLog } from '../support/recording-log';
import { lockTable } from '../support/table-lock';
import { runWorker } from '../support/worker';
import { processEvent } from '../support/applications';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog('warn');

let stop: () => Promise<void>;
beforeEach(async () => {
  lines.length = 0;
  stop = await runWorker(stores, queue, { log });
});
afterEach(() => stop());

/** Adds a job whose only attempt must not be used up by a lock. */
const enqueueOnce = (event: ApplicationEvent) =>
  queue.bullmq.add('application', jobData(event), { jobId: toJobId(event.id), attempts: 1 });

const jobOf = async ({ id }: ApplicationEvent) => (await findJob(queue.applications, id))?.job;
const isBlocked = async (event: ApplicationEvent) => (await jobOf(event))?.data.blocked_since !== undefined;
const accepted = (event: ApplicationEvent) =>
  eventually(async () => (await jobOutcome(queue, event))?.status === 'ACCEPTED');

const knownCandidate = async () => {
  const event = applicationEvent();
  await processEvent(stores, event);
  return event.candidate_id;
};

it('processes the others of a batch while the candidate of one is locked, and this one afterwards', async () => {
  const blocked = applicationEvent({ candidate_id: await knownCandidate() });
  const lock = await lockCandidate(stores, blocked.candidate_id);
  const others = Array.from({ length: 4 }, () => applicationEvent());
  for (const event of [blocked, ...others]) await enqueueOnce(event);
  for (const event of others) await accepted(event);
  await eventually(() => isBlocked(blocked));
  await lock.release();
  await eventually(async () => (await jobOutcome(queue, blocked))?.status === 'REJECTED');
  expect((await jobOf(blocked))?.attemptsMade).toBe(1);
});

it('processes all applications after a table was locked, with their only attempt', async () => {
  const release = await lockTable(stores);
  const events = Array.from({ length: 5 }, () => applicationEvent());
  for (const event of events) await enqueueOnce(event);
  for (const event of events) await eventually(() => isBlocked(event));
  await release();
  for (const event of events) await accepted(event);
  expect(await stores.database.applications.count({ where: { status: 'FAILED' } })).toBe(0);
});

it('warns once that an application waits for a lock', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueueOnce(event);
  await eventually(async () => ((await jobOf(event))?.attemptsStarted ?? 0) >= 3);
  await lock.release();
  await accepted(event);
  expect(lines.map((line) => JSON.parse(line) as object)).toEqual([
    expect.objectContaining({ level: 'warn', application_id: event.id, blocked_ms: 0 }),
  ]);
});

it('conv doctor names the application that waits', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueueOnce(event);
  const finding = await eventually(async () => {
    const found = await findFinding(storesEnv(stores, queue), 'blocked applications');
    return found?.level === 'warning' && found;
  });
  expect(finding.detail).toMatch(new RegExp(`^1 application waits .* since 20.*: ${event.id}$`));
  await lock.release();
  await accepted(event);
});

it('starts to count the time again after an operator has retried the job', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueueOnce(event);
  await eventually(() => isBlocked(event));
  await lock.release();
  await accepted(event);
  await stop();
  const job = await jobOf(event);
  if (job) await retryJob(job);
  expect((await jobOf(event))?.data.blocked_since).toBeUndefined();
});
