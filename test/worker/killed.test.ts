import { findJob } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { enqueueAll } from '../support/four-workers';
import { lockCandidate, type CandidateLock } from '../support/candidate-lock';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { enqueue, countOpenJobs, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

const workers: RealProcess[] = [];
atEnd(() => Promise.all(workers.map((worker) => worker.stop('SIGKILL'))));

async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<RealProcess> {
  const worker = await startProcess('worker', stores, queue, env);
  workers.push(worker);
  return worker;
}

/** A job in the hands of a worker, which cannot go on until the hold is released. */
async function jobInHand(): Promise<{ event: ReturnType<typeof applicationEvent>; hold: CandidateLock }> {
  const event = applicationEvent();
  const hold = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  await hold.waitForJob();
  return { event, hold };
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop('SIGKILL')));
  expect(await countOpenJobs(queue)).toBe(0);
});

it('leaves the job of a worker that is killed to another, which ends it with its outcome', async () => {
  const killed = await startWorker();
  const { event, hold } = await jobInHand();
  await killed.stop('SIGKILL');
  await startWorker();
  await hold.release();
  expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
  expect(await stores.database.conversations.count({ where: { applicationId: event.id } })).toBe(1);
  expect(await stores.database.events.count({ where: { applicationId: event.id } })).toBe(1);
});

it('ends the jobs in hand when it is asked to stop, takes no others, and exits with 0', async () => {
  const worker = await startWorker({ WORKER_CONCURRENCY: '1' });
  const { event, hold } = await jobInHand();
  const next = applicationEvent();
  await enqueue(queue, next);
  const ended = worker.stop('SIGTERM');
  await eventually(() => worker.output().includes('stopping'));
  await hold.release();
  expect(await ended).toBe(0);
  expect(await jobOutcome(queue, event)).toMatchObject({ status: 'ACCEPTED' });
  expect((await findJob(queue.applications, next.id))?.state).toBe('waiting');
  await startWorker();
  await eventually(() => jobOutcome(queue, next), 60_000);
});

it('ends a whole batch that it has in hand when it is asked to stop, each once', async () => {
  const worker = await startWorker();
  const events = Array.from({ length: 30 }, () => applicationEvent());
  const hold = await lockCandidate(stores, events[0]?.candidate_id ?? '');
  await enqueueAll(queue, events);
  await hold.waitForJob();
  const ended = worker.stop('SIGTERM');
  await eventually(() => worker.output().includes('stopping'));
  await hold.release();
  expect(await ended).toBe(0);
  await startWorker(); // For those that it had not taken yet.
  for (const event of events)
    expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
  const applicationId = events.map(({ id }) => id);
  expect(await stores.database.events.count({ where: { applicationId } })).toBe(events.length);
});

it('exits with 1 when a job does not end in time, and another worker ends it', async () => {
  const worker = await startWorker({ SHUTDOWN_SECONDS: '1' });
  const { event, hold } = await jobInHand();
  expect(await worker.stop('SIGTERM')).toBe(1);
  await hold.release();
  await startWorker();
  expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
});

it.each(['SIGTERM', 'SIGINT'] as const)('exits with 0 at %s when it has nothing in hand', async (signal) => {
  const worker = await startWorker();
  expect(await worker.stop(signal)).toBe(0);
});

it('stops when its parent ends, of which the closed channel tells it', async () => {
  const worker = await startWorker();
  worker.child.disconnect();
  await eventually(() => worker.child.exitCode !== null);
  expect(worker.child.exitCode).toBe(0);
});
