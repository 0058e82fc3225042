import type { PersonalData } from '../lib/domain';
import { callQueue, findJob, type ApplicationQueue } from './applications';
import { toJobId } from './job-id';
import { findNextAttempts } from './next-attempts';

/** What the queue knows of the attempts to process an application. */
export interface JobHistory {
  /** As the sender sent them; null after an erasure. */
  candidate: PersonalData | null;
  request_id: string;
  /** The processed_at of the outcome that a replay may replace; null for no replay. */
  replaces: string | null;
  /** The errors of failed attempts, oldest first, each in one line. */
  errors: string[];
  last_attempt_at: string | null;
  /** Null if no attempt is waiting for its time. */
  next_attempt_at: string | null;
  /** How many workers were lost while they processed it. */
  lost_workers: number;
}

/** BullMQ keeps stacks; their first line is the error. */
function describeStack(stack: string): string {
  return (stack.split('\n')[0] ?? '').replace(/^(Unrecoverable)?Error: /, '');
}

/**
 * Returns what the queue knows of the attempts to process an application; null once it has forgotten it.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function findJobHistory(queue: ApplicationQueue, id: string): Promise<JobHistory | null> {
  const found = await callQueue(() => findJob(queue, id));
  if (!found) return null;
  const { job, state } = found;
  const jobId = toJobId(id);
  const due = state === 'delayed' ? (await findNextAttempts(queue, [jobId])).get(jobId) : undefined;
  return {
    candidate: job.data.event.candidate,
    request_id: job.data.request_id,
    replaces: job.data.replaces ?? null,
    errors: (job.stacktrace ?? []).map(describeStack),
    last_attempt_at: job.processedOn === undefined ? null : new Date(job.processedOn).toISOString(),
    next_attempt_at: due?.toISOString() ?? null,
    lost_workers: job.stalledCounter,
  };
}
