import type { JobState } from 'bullmq';
import type { ApplicationStatus, ApplicationView } from '../lib/domain';
import {
  callQueue,
  type ApplicationJob,
  type ApplicationQueue,
  type ApplicationJobData,
  type Outcome,
} from './applications';

/** BullMQ's type does not say it, but a job that has not finished yet has null here. */
function outcomeOf(job: ApplicationJob): Outcome | null {
  return job.returnvalue;
}

/** What a state of the queue means outside. A job read just before it finished carries no outcome yet. */
function statusOf(job: ApplicationJob, state: JobState | 'unknown'): ApplicationStatus {
  if (state === 'failed') return 'FAILED';
  if (state === 'completed') return outcomeOf(job)?.status ?? 'PROCESSING';
  return state === 'active' ? 'PROCESSING' : 'QUEUED';
}

/** An application as the queue remembers it. */
export function presentJob(job: ApplicationJob, state: JobState | 'unknown'): ApplicationView {
  const { event, received_at } = job.data;
  const status = statusOf(job, state);
  const outcome = state === 'completed' ? outcomeOf(job) : null;
  const failedAt = status === 'FAILED' && job.finishedOn ? new Date(job.finishedOn).toISOString() : null;
  return {
    id: event.id,
    job_id: event.job_id,
    candidate_id: event.candidate_id,
    status,
    reason: status === 'FAILED' ? job.failedReason : (outcome?.reason ?? null),
    conversation_id: outcome?.conversation_id ?? null,
    received_at,
    processed_at: outcome?.processed_at ?? failedAt,
  };
}

/** Bull Board lets operators add and edit jobs, so that not everything in the queue is one of ours. */
export function isApplicationJob(job: ApplicationJob): boolean {
  const { event, received_at } = job.data as Partial<ApplicationJobData>;
  const texts = [event?.id, event?.job_id, event?.candidate_id, received_at];
  if (!texts.every((text) => typeof text === 'string') || typeof event?.candidate !== 'object') return false;
  return Number.isFinite(Date.parse(received_at ?? ''));
}

const AT_ONCE = 500;

/** Every application whose job failed, as the queue remembers them. */
export async function failedApplications({ queue }: ApplicationQueue): Promise<ApplicationView[]> {
  const failed: ApplicationView[] = [];
  for (let from = 0; ; from += AT_ONCE) {
    const jobs = await callQueue(() => queue.getJobs('failed', from, from + AT_ONCE - 1));
    failed.push(...jobs.filter(isApplicationJob).map((job) => presentJob(job, 'failed')));
    if (jobs.length < AT_ONCE) return failed;
  }
}
