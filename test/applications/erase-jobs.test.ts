import { Worker } from 'bullmq';
import { eraseJobs } from '../../src/applications/erase-jobs';
import { APPLICATION_QUEUE, type ApplicationJobData, type Outcome } from '../../src/queue/applications';
import { findCandidateJobs } from '../../src/queue/candidate-jobs';
import { atEnd } from '../support/cleanup';
import { eventually } from '../support/eventually';
import { traceablePerson } from '../support/traceable-person';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';

const queue = useQueue();

const untilNow = () => ({ found: [], receivedUntil: new Date() });

/** A worker that keeps its job active until it is released, and then writes back the data that it took. */
async function startHoldingWorker(): Promise<{ release(): void; close(): Promise<void> }> {
  let release = (): void => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const worker = new Worker<ApplicationJobData, Outcome | null>(
    APPLICATION_QUEUE,
    async (job) => {
      const { data } = job;
      await released;
      await job.updateData(data);
      return null;
    },
    { connection: { url: queue.redisUrl, maxRetriesPerRequest: null }, prefix: queue.prefix },
  );
  await worker.waitUntilReady();
  const close = async () => {
    release();
    await worker.close();
  };
  atEnd(close); // Also where the test fails.
  return { release, close };
}

async function enqueueActive() {
  const event = traceablePerson().event();
  const job = await enqueue(queue, event);
  await eventually(() => job.isActive());
  return event;
}

it('erases what a worker writes back into a job that was active', async () => {
  const worker = await startHoldingWorker();
  const { candidate_id } = await enqueueActive();
  const erasing = eraseJobs(queue.applications, candidate_id, untilNow());
  await eventually(async () => {
    const [job] = await findCandidateJobs(queue.applications, candidate_id);
    return job?.data.event.candidate === null;
  });
  worker.release();
  expect(await erasing).toBe(1);
  expect(await findCandidateJobs(queue.applications, candidate_id)).toMatchObject([
    { data: { event: { candidate: null } } },
  ]);
  await worker.close();
});

it('gives up on a job that stays active, and erases the others before', async () => {
  const worker = await startHoldingWorker();
  const { candidate_id } = await enqueueActive();
  const other = traceablePerson().event({ candidate_id });
  await enqueue(queue, other);
  await expect(eraseJobs(queue.applications, candidate_id, untilNow(), 200)).rejects.toMatchObject({
    code: 'CONTENTION',
  });
  const jobs = await findCandidateJobs(queue.applications, candidate_id);
  expect(jobs.map(({ data }) => data.event.candidate)).toEqual([null, null]);
  await worker.close();
});

it('leaves jobs alone that were received after the erasure', async () => {
  const event = traceablePerson().event();
  await enqueue(queue, event, new Date(Date.now() + 60_000).toISOString());
  expect(await eraseJobs(queue.applications, event.candidate_id, untilNow())).toBe(0);
  expect(await findCandidateJobs(queue.applications, event.candidate_id)).toMatchObject([
    { data: { event } },
  ]);
});
