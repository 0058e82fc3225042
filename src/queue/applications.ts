import type { Job, JobState } from 'bullmq';
import type { StoredApplicationEvent, RejectionReason } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import { withDeadline } from '../lib/shutdown';
import { toJobId } from './job-id';
import { QUEUE_TIMEOUT_MS, openQueue, type OpenQueue, type QueueSettings } from './open';

export const APPLICATION_QUEUE = 'applications';

/** One accepted application on its way to a worker. */
export interface ApplicationJobData {
  event: StoredApplicationEvent;
  /** When the webhook accepted it first; ISO 8601. */
  received_at: string;
  request_id: string;
  /** Tells this call's own job from one that was there before. */
  delivery_id: string;
  /** For a replay: the processed_at of the outcome that is to be decided anew. Any other outcome stands. */
  replaces?: string;
  /** How often a worker was lost with it in hand before it was last sent through afresh. */
  stalled_before?: number;
}

/** What a worker leaves in a finished job. */
export interface Outcome {
  status: 'ACCEPTED' | 'REJECTED' | 'DEFERRED';
  reason: RejectionReason | null;
  conversation_id: string | null;
  processed_at: string;
}

export type ApplicationJob = Job<ApplicationJobData, Outcome>;

export type ApplicationQueue = OpenQueue<ApplicationJobData, Outcome>;

/** About a minute in all; a store that is away does not use attempts up (see worker/outage.ts). */
const RETRIES = { attempts: 8, backoff: { type: 'exponential', delay: 500, jitter: 0.5 } };

/** The queue between webhook and workers, one job per application id. */
export function openApplicationQueue(settings: QueueSettings, log: Logger): ApplicationQueue {
  return openQueue(APPLICATION_QUEUE, settings, log, RETRIES);
}

/** Not the queue's: trying again would not help. */
function isOurFault(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, URIError].some((kind) => error instanceof kind);
}

/**
 * Asks the queue, or says within a second that it cannot be asked.
 * @throws ConvError QUEUE_UNAVAILABLE, with Retry-After
 */
export async function callQueue<T>(work: () => Promise<T>): Promise<T> {
  const unavailable = (cause?: unknown) =>
    new ConvError('QUEUE_UNAVAILABLE', 'the queue cannot be reached: try again shortly', {
      cause,
      headers: { 'Retry-After': '2' },
    });
  const asked = work();
  try {
    if (!(await withDeadline(asked, QUEUE_TIMEOUT_MS))) throw unavailable();
    return await asked;
  } catch (error) {
    throw error instanceof ConvError || isOurFault(error) ? error : unavailable(error);
  }
}

/** Behind what this turn of the event loop has set going, and in the same write to Redis. */
function behind(): Promise<void> {
  return new Promise((resolve) => {
    process.nextTick(resolve);
  });
}

/**
 * Adds an application and reads back what the queue holds under its id: BullMQ's `add` says nothing when an older job,
 * finished or failed, is there already. A job that vanished in between (its retention ended) is added again.
 *
 * The question goes out behind the add, not after its answer, which would be one more round trip for every post. Should it come
 * first after all (Redis has lost the script, and gets it again), it finds nothing that is ours, and the job itself is asked.
 * @returns the job; `fresh` where it is this very delivery
 */
export async function addApplication(
  { queue, connection }: ApplicationQueue,
  delivery: ApplicationJobData,
): Promise<{ job: ApplicationJob; fresh: boolean }> {
  const jobId = toJobId(delivery.event.id);
  for (let attempt = 0; attempt < 3; attempt++) {
    const [added, held] = await Promise.all([
      queue.add('application', delivery, { jobId }),
      behind().then(() => connection.hget(queue.toKey(jobId), 'data')),
    ]);
    // As a rule it is ours, and one field tells: a new delivery's id stands in no data that was there before.
    if (held?.includes(delivery.delivery_id)) return { job: added, fresh: true };
    const job = await queue.getJob(jobId);
    if (job) return { job, fresh: job.data.delivery_id === delivery.delivery_id };
  }
  throw new ConvError('QUEUE_UNAVAILABLE', 'the queue keeps nothing; is KEEP_COMPLETED_SECONDS too short?', {
    headers: { 'Retry-After': '2' },
  });
}

export interface FoundJob {
  job: ApplicationJob;
  state: JobState | 'unknown';
}

/** The job of an application, if the queue still knows it, and the state that it is in. */
export async function findJob({ queue }: ApplicationQueue, applicationId: string): Promise<FoundJob | null> {
  const job = await queue.getJob(toJobId(applicationId));
  if (!job) return null;
  const state = await job.getState();
  return state === 'unknown' ? null : { job, state };
}

const isFinished = (state: JobState | 'unknown') => state === 'completed' || state === 'failed';

/** How often a worker was killed, or stopped for longer than its lock lasts, while it had this job in hand. */
export function stalledCount(job: ApplicationJob): number {
  return job.stalledCounter - (job.data.stalled_before ?? 0);
}

/**
 * Sends a finished job through again with fresh attempts.
 * @param delivery replaces the job's data, where given
 * @returns false where the job was not finished after all, so that it is on its way already
 */
export async function retryJob(job: ApplicationJob, delivery?: ApplicationJobData): Promise<boolean> {
  const state = await job.getState();
  if (state !== 'completed' && state !== 'failed') return false;
  if (delivery || job.stalledCounter > 0)
    await job.updateData({ ...(delivery ?? job.data), stalled_before: job.stalledCounter });
  try {
    await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true });
    return true;
  } catch (error) {
    if (isFinished(await job.getState())) throw error;
    return false;
  }
}
