import { findJob } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { expireLocks } from '../support/expire-locks';
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

/** Enqueues a job and waits until a worker processes it; it cannot finish until the lock is released. */
async function startBlockedJob(): Promise<{
  event: ReturnType<typeof applicationEvent>;
  lock: CandidateLock;
}> {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  await lock.waitForJob();
  return { event, lock };
}

afterEach(async () => {
  await Promise.all(workers.splice(0).map((worker) => worker.stop('SIGKILL')));
  expect(await countOpenJobs(queue)).toBe(0);
});

it('leaves the job of a killed worker to another, which gives it its outcome', async () => {
  const killed = await startWorker();
  const { event, lock } = await startBlockedJob();
  await killed.stop('SIGKILL');
  await startWorker();
  await lock.release();
  expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
  expect(await stores.database.conversations.count({ where: { applicationId: event.id } })).toBe(1);
  expect(await stores.database.events.count({ where: { applicationId: event.id } })).toBe(1);
});

it('finishes its active jobs at SIGTERM, takes no others, and exits with 0', async () => {
  const worker = await startWorker({ WORKER_CONCURRENCY: '1' });
  const { event, lock } = await startBlockedJob();
  const next = applicationEvent();
  await enqueue(queue, next);
  const ended = worker.stop('SIGTERM');
  await eventually(() => worker.output().includes('stopping'));
  await lock.release();
  expect(await ended).toBe(0);
  expect(await jobOutcome(queue, event)).toMatchObject({ status: 'ACCEPTED' });
  expect((await findJob(queue.applications, next.id))?.state).toBe('waiting');
  await startWorker();
  await eventually(() => jobOutcome(queue, next), 60_000);
});

it('finishes a whole active batch at SIGTERM, each job once', async () => {
  const worker = await startWorker();
  const events = Array.from({ length: 30 }, () => applicationEvent());
  const lock = await lockCandidate(stores, events[0]?.candidate_id ?? '');
  await enqueueAll(queue, events);
  await lock.waitForJob();
  const ended = worker.stop('SIGTERM');
  await eventually(() => worker.output().includes('stopping'));
  await lock.release();
  expect(await ended).toBe(0);
  await startWorker(); // For jobs that the first worker had not taken.
  for (const event of events)
    expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
  const applicationId = events.map(({ id }) => id);
  expect(await stores.database.events.count({ where: { applicationId } })).toBe(events.length);
});

it('exits with 1 when a job does not finish in time, and another worker finishes it', async () => {
  const worker = await startWorker({ SHUTDOWN_SECONDS: '1' });
  const { event, lock } = await startBlockedJob();
  expect(await worker.stop('SIGTERM')).toBe(1);
  await lock.release();
  await expireLocks(queue);
  await startWorker();
  expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
});

it.each(['SIGTERM', 'SIGINT'] as const)('exits with 0 at %s when it is idle', async (signal) => {
  const worker = await startWorker();
  expect(await worker.stop(signal)).toBe(0);
});

it('stops when its parent process closes the IPC channel', async () => {
  const worker = await startWorker();
  worker.child.disconnect();
  await eventually(() => worker.child.exitCode !== null);
  expect(worker.child.exitCode).toBe(0);
});
