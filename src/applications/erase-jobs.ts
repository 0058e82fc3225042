import { setTimeout as wait } from 'node:timers/promises';
import { ConvError } from '../lib/errors';
import { callQueue, type ApplicationJob, type ApplicationQueue } from '../queue/applications';
import { findCandidateJobs, type CandidateJob } from '../queue/candidate-jobs';
import { isErased, withoutPersonalData } from './erased-event';

/** Longer than it takes until the job of a worker that was killed is given to another one. */
const WORKER_TIMEOUT_MS = 30_000;
const FIRST_POLL_MS = 50;
const LONGEST_POLL_MS = 1000;

/** Removes the personal data from a job. A worker that takes it later fails it, because the candidate was erased. */
export async function eraseJob(job: ApplicationJob): Promise<void> {
  const event = withoutPersonalData(job.data.event);
  const data = { ...job.data, event };
  delete data.invalid;
  await job.updateData(data);
}

async function isActive({ queue }: ApplicationQueue, jobId: string): Promise<boolean> {
  return (await callQueue(() => queue.getJobState(jobId))) === 'active';
}

async function waitUntilInactive(queue: ApplicationQueue, jobId: string, deadline: number): Promise<void> {
  for (
    let pause = FIRST_POLL_MS;
    await isActive(queue, jobId);
    pause = Math.min(2 * pause, LONGEST_POLL_MS)
  ) {
    if (Date.now() >= deadline)
      throw new ConvError(
        'CONTENTION',
        'a worker is still processing an application of this candidate; everything else is erased: run it again',
      );
    await wait(Math.min(pause, deadline - Date.now()));
  }
}

/** Which jobs an erasure covers; later ones are left alone. */
interface Covered {
  /** Jobs that were in the queue before the erasure, whatever their time of receipt. */
  found: readonly CandidateJob[];
  receivedUntil: Date;
}

/**
 * Removes the personal data from the jobs of a candidate. A worker that has a job active may still write its data back, so this
 * waits for such jobs and searches again, until a search finds neither data nor an active job.
 * @param timeoutMs how long to wait for workers
 * @returns how many jobs held personal data
 * @throws ConvError CONTENTION when a job is still active after that time
 */
export async function eraseJobs(
  queue: ApplicationQueue,
  candidateId: string,
  { found, receivedUntil }: Covered,
  timeoutMs = WORKER_TIMEOUT_MS,
): Promise<number> {
  const deadline = Date.now() + timeoutMs;
  const deliveries = new Set(found.map(({ data }) => data.delivery_id));
  const isCovered = ({ data }: CandidateJob) =>
    deliveries.has(data.delivery_id) || new Date(data.received_at) <= receivedUntil;
  const erased = new Set<string>();
  for (;;) {
    const jobs = (await findCandidateJobs(queue, candidateId)).filter(isCovered);
    let clean = true;
    for (const { jobId, data } of jobs) {
      if (isErased(data.event)) continue;
      clean = false;
      const job = await callQueue(() => queue.queue.getJob(jobId));
      if (!job) continue;
      await callQueue(() => eraseJob(job));
      erased.add(jobId);
    }
    // Only after erasing: a worker that takes a job from now on gets no personal data.
    for (const { jobId } of jobs) {
      if (!(await isActive(queue, jobId))) continue;
      clean = false;
      await waitUntilInactive(queue, jobId, deadline);
    }
    if (clean) return erased.size;
  }
}
