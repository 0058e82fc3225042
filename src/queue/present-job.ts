import type { JobState } from 'bullmq';
import type { ApplicationStatus, ApplicationView } from '../lib/domain';
import { presentApplication } from '../lib/present';
import { callQueue, type ApplicationJob, type ApplicationQueue, type Outcome } from './applications';
import { holdsApplication } from './job-data';

/** Returns a job's result; BullMQ's type does not say that it is null in a job that was read before it completed. */
export function jobOutcome(job: ApplicationJob): Outcome | null {
  return job.returnvalue;
}

/** A job that was read just before it completed has no outcome yet. */
function applicationStatus(job: ApplicationJob, state: JobState | 'unknown'): ApplicationStatus {
  if (state === 'failed') return 'FAILED';
  if (state === 'completed') return jobOutcome(job)?.status ?? 'PROCESSING';
  return state === 'active' ? 'PROCESSING' : 'QUEUED';
}

/** Returns an application as its job in the queue shows it. */
export function presentJob(job: ApplicationJob, state: JobState | 'unknown'): ApplicationView {
  const { event, received_at } = job.data;
  const status = applicationStatus(job, state);
  const outcome = state === 'completed' ? jobOutcome(job) : null;
  const failedAt = status === 'FAILED' && job.finishedOn ? new Date(job.finishedOn) : null;
  return presentApplication({
    id: event.id,
    jobId: event.job_id,
    candidateId: event.candidate_id,
    status,
    reason: status === 'FAILED' ? job.failedReason : (outcome?.reason ?? null),
    conversationId: outcome?.conversation_id ?? null,
    receivedAt: new Date(received_at),
    processedAt: outcome ? new Date(outcome.processed_at) : failedAt,
  });
}

/**
 * Whether a job holds an application, if only its id where the data is invalid. Somebody with access to Redis can add and edit
 * jobs, so not every job does.
 */
export function isApplicationJob({ data }: ApplicationJob): boolean {
  return data.invalid !== undefined || holdsApplication(data);
}

const BATCH_SIZE = 500;
const OVERLAP = 100;

/**
 * Yields the jobs that completed or failed at or after a time and hold an application, in batches, newest first. A job may come
 * twice; one that finishes meanwhile may not come. So that none is left out because newer ones are retried meanwhile, batches overlap.
 * @param ended ends it after the batch that is being read
 */
export async function* finishedJobs(
  { queue }: ApplicationQueue,
  state: 'completed' | 'failed',
  since: Date,
  ended = new AbortController().signal,
): AsyncGenerator<ApplicationJob[]> {
  for (let from = 0; !ended.aborted; from += BATCH_SIZE - OVERLAP) {
    const jobs = await callQueue(() => queue.getJobs(state, from, from + BATCH_SIZE - 1));
    const recent = jobs.filter(({ finishedOn = 0 }) => finishedOn >= since.getTime());
    yield recent.filter(isApplicationJob);
    if (jobs.length === 0 || recent.length < jobs.length) return;
  }
}
