import type { Job, JobState } from 'bullmq';
import type { StoredApplicationEvent, RejectionReason } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import { withinDeadline } from '../lib/shutdown';
import type { JobTrace } from '../tracing/tracing';
import { toJobId } from './job-id';
import type { RedisClient } from './connection';
import { createReplicaGate, OPEN_GATE } from './replica-gate';
import { QUEUE_TIMEOUT_MS, openQueue, type OpenQueue, type QueueSettings } from './open';
import { createRedisClock, type RedisClock } from './redis-clock';

export const APPLICATION_QUEUE = 'applications';

/** The data of a job in the applications queue: one accepted application. */
export interface ApplicationJobData {
  event: StoredApplicationEvent;
  /** When the webhook first accepted it: Redis' time, ISO 8601. */
  received_at: string;
  request_id: string;
  /** Identifies the webhook delivery (or replay) that created this job. */
  delivery_id: string;
  /** For a replay: the processed_at of the outcome that it may replace. Any other outcome is kept. */
  replaces?: string;
  /** The job's stalled count when it was last retried; stalls before that do not count. */
  stalled_before?: number;
  /** When a lock of another transaction first blocked it, ISO 8601. */
  blocked_since?: string | undefined;
  /** What is wrong with the stored data, which could not be read (job-data.ts); never stored itself. */
  invalid?: string;
  /** The trace that its processing continues. */
  trace?: JobTrace;
}

/** The result of a completed job. */
export interface Outcome {
  status: 'ACCEPTED' | 'REJECTED' | 'DEFERRED';
  reason: RejectionReason | null;
  conversation_id: string | null;
  processed_at: string;
}

export type ApplicationJob = Job<ApplicationJobData, Outcome>;

export interface ApplicationQueue extends OpenQueue<ApplicationJobData, Outcome> {
  /** Orders receipts and erasures. */
  clock: RedisClock;
  /**
   * Confirms that REDIS_MIN_REPLICAS replicas have everything that was added, and this application.
   * @throws ConvError QUEUE_UNAVAILABLE
   */
  confirmReplicas(applicationId?: string): Promise<void>;
}

/** About a minute in total. Unavailable stores and locks use up no attempts (src/worker/outage-guard.ts, blocked-jobs.ts). */
const RETRIES = { attempts: 8, backoff: { type: 'exponential', delay: 500, jitter: 0.5 } };

/** Opens the queue between webhook and workers: one job per application id. */
export function openApplicationQueue(
  settings: QueueSettings,
  log: Logger,
  shared?: RedisClient,
): ApplicationQueue {
  const open = openQueue<ApplicationJobData, Outcome>(APPLICATION_QUEUE, settings, log, RETRIES, shared);
  const { redisMinReplicas = 0 } = settings;
  const replicas =
    redisMinReplicas === 0
      ? OPEN_GATE
      : createReplicaGate(settings, redisMinReplicas, open.queue.toKey('replicated'), log);
  return {
    ...open,
    clock: createRedisClock(open.connection),
    confirmReplicas: (id) => replicas.confirm(id === undefined ? id : open.queue.toKey(toJobId(id))),
    async close() {
      replicas.close();
      await open.close();
    },
  };
}

/** Whether an error is a bug of ours rather than a failure of the queue. */
function isProgrammingError(error: unknown): boolean {
  return [TypeError, RangeError, ReferenceError, URIError].some((kind) => error instanceof kind);
}

/**
 * Runs a call to the queue with a time limit of a second.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function callQueue<T>(work: () => Promise<T>): Promise<T> {
  const unavailable = (cause?: unknown) =>
    new ConvError('QUEUE_UNAVAILABLE', 'the queue cannot be reached: try again shortly', { cause });
  try {
    return await withinDeadline(work(), QUEUE_TIMEOUT_MS, unavailable);
  } catch (error) {
    throw error instanceof ConvError || isProgrammingError(error) ? error : unavailable(error);
  }
}

/** Resolves after the commands that this turn of the event loop has already started, and before the next turn. */
const endOfTurn = () => new Promise<void>((resolve) => process.nextTick(resolve));

/**
 * Adds an application to the queue and reads back which job the queue holds: BullMQ's `add` also succeeds when an older job with
 * this id exists, finished or failed, and then keeps the old one. A job that was removed in between, because its retention ended,
 * is added again.
 *
 * The job's data is read in the same write as the `add`, right behind it; waiting for the answer first costs another round trip
 * per webhook (docs/decisions.md). Should the read come first (Redis had to load the script again), it finds no data of this call,
 * and the whole job is read.
 * @returns the job in the queue; `added` where it is the one of this call
 */
export async function addApplication(
  { queue, connection }: ApplicationQueue,
  data: ApplicationJobData,
): Promise<{ job: ApplicationJob; added: boolean }> {
  const jobId = toJobId(data.event.id);
  for (let attempt = 0; attempt < 3; attempt++) {
    const [job, stored] = await Promise.all([
      queue.add('application', data, { jobId }),
      endOfTurn().then(() => connection.hget(queue.toKey(jobId), 'data')),
    ]);
    // Usually this is the job that was just added; its delivery_id proves it.
    if (stored?.includes(data.delivery_id)) return { job, added: true };
    const existing = await queue.getJob(jobId);
    if (existing) return { job: existing, added: existing.data.delivery_id === data.delivery_id };
  }
  throw new ConvError('QUEUE_UNAVAILABLE', 'the queue keeps no job: is KEEP_COMPLETED_SECONDS too short?');
}

export interface FoundJob {
  job: ApplicationJob;
  state: JobState | 'unknown';
}

const isFinished = (state: JobState | 'unknown') => state === 'completed' || state === 'failed';

/** Returns the job of an application and its state, or null where the queue has none. A finished job has its result or error. */
export async function findJob({ queue }: ApplicationQueue, applicationId: string): Promise<FoundJob | null> {
  const id = toJobId(applicationId);
  const job = await queue.getJob(id);
  if (!job) return null;
  const state = await job.getState();
  if (state === 'unknown') return null;
  // It finished after it was read.
  const current = isFinished(state) && job.finishedOn === undefined ? await queue.getJob(id) : job;
  return current ? { job: current, state } : null;
}

/** Returns how many workers were lost with this job active since its last retry: killed, or stopped for longer than the lock lasts. */
export function stalledCount(job: ApplicationJob): number {
  return job.stalledCounter - (job.data.stalled_before ?? 0);
}

/**
 * Retries a finished job with fresh attempts.
 * @param data replaces the job's data, where given
 * @returns false where the job is not finished, so it runs anyway
 */
export async function retryJob(job: ApplicationJob, data?: ApplicationJobData): Promise<boolean> {
  const state = await job.getState();
  if (state !== 'completed' && state !== 'failed') return false;
  const isChanged = job.stalledCounter > 0 || job.data.blocked_since !== undefined;
  // Invalid data is kept as it is, for an operator to repair.
  if (data || (isChanged && job.data.invalid === undefined))
    await job.updateData({
      ...(data ?? job.data),
      stalled_before: job.stalledCounter,
      blocked_since: undefined,
    });
  try {
    await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true });
    return true;
  } catch (error) {
    if (isFinished(await job.getState())) throw error;
    return false;
  }
}
