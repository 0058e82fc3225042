import { callQueue, type ApplicationJob, type ApplicationQueue } from './applications';
import { isApplicationJob } from './present-job';
import type { PushQueue } from './push';

/** A failed job as operators see it. */
export interface FailedJob {
  /** The id of the application or of the event. */
  id: string;
  queue: 'applications' | 'push';
  attempts: number;
  /** In one line. */
  error: string;
  failed_at: string | null;
}

/** The parts of a BullMQ job that say how it failed. */
interface Failure {
  failedReason: string | undefined;
  finishedOn?: number | undefined;
}

const BATCH_SIZE = 500;

function describeFailure({ failedReason, finishedOn }: Failure): Pick<FailedJob, 'error' | 'failed_at'> {
  const failed_at = finishedOn === undefined ? null : new Date(finishedOn).toISOString();
  return { error: (failedReason ?? 'unknown').replaceAll(/\s+/g, ' '), failed_at };
}

/** Reads batch after batch of a queue's failed jobs, the newest first, until there are `max` or no more. */
async function readBatches<T>(max: number, read: (from: number, to: number) => Promise<T[]>): Promise<T[]> {
  const all: T[] = [];
  while (all.length < max) {
    const size = Math.min(BATCH_SIZE, max - all.length);
    const batch = await callQueue(() => read(all.length, all.length + size - 1));
    all.push(...batch);
    if (batch.length < size) break;
  }
  return all;
}

function presentApplicationJob(job: ApplicationJob): FailedJob {
  const id = isApplicationJob(job) ? job.data.event.id : (job.id ?? '');
  return { id, queue: 'applications', attempts: job.attemptsMade, ...describeFailure(job) };
}

/**
 * Returns failed applications, the newest first.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function failedApplicationJobs({ queue }: ApplicationQueue, max: number): Promise<FailedJob[]> {
  const jobs = await readBatches(max, (from, to) => queue.getJobs('failed', from, to));
  return jobs.map(presentApplicationJob);
}

/**
 * Returns failed pushes, the newest first. The push worker logs each failed attempt in the job; BullMQ's own count includes the
 * times when the event waited for its predecessor.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function failedPushJobs({ queue }: PushQueue, max: number): Promise<FailedJob[]> {
  const jobs = await readBatches(max, (from, to) => queue.getJobs('failed', from, to));
  const failed: FailedJob[] = [];
  for (const job of jobs) {
    const logs = await callQueue(() => queue.getJobLogs(job.id ?? '', 0, 0));
    failed.push({ id: job.data.event_id, queue: 'push', attempts: logs.count, ...describeFailure(job) });
  }
  return failed;
}
