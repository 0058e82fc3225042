import type { Job } from 'bullmq';
import type { Logger } from '../lib/log';
import { callQueue } from './applications';
import type { RedisClient } from './connection';
import { openQueue, type OpenQueue, type QueueSettings } from './open';

export const PUSH_QUEUE = 'push';

/** One event to push; the worker reads the event itself from the database. */
export interface PushJobData {
  event_id: string;
}

export type PushQueue = OpenQueue<PushJobData, string>;

/** Opens the queue of events for EVENTS_URL, one job per event. The push worker schedules retries, not BullMQ. */
export function openPushQueue(settings: QueueSettings, log: Logger, shared?: RedisClient): PushQueue {
  return openQueue(PUSH_QUEUE, settings, log, {}, shared);
}

/** Adds a job for each event; a job that exists stays as it is. */
export async function addPushes({ queue }: PushQueue, eventIds: readonly string[]): Promise<void> {
  const jobs = eventIds.map((event_id) => ({ name: 'event', data: { event_id }, opts: { jobId: event_id } }));
  await callQueue(() => queue.addBulk(jobs));
}

/** Promotes the job of an event if it is delayed. */
export function promotePush({ queue }: PushQueue, eventId: string): Promise<void> {
  return callQueue(async () => {
    const job = await queue.getJob(eventId);
    if (!job || !(await job.isDelayed())) return;
    try {
      await job.promote();
    } catch (error) {
      if (await job.isDelayed()) throw error; // Otherwise its delay has just ended.
    }
  });
}

async function retryFinished(job: Job<PushJobData, string>): Promise<void> {
  const state = await job.getState();
  if (state !== 'failed' && state !== 'completed') return;
  try {
    await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true });
  } catch (error) {
    if ((await job.getState()) === state) throw error; // Otherwise another process has just retried it.
  }
}

/** Ensures that each of these events has a job that will run: retries a finished job, adds a missing one. */
export async function ensurePushes(push: PushQueue, eventIds: readonly string[]): Promise<void> {
  for (const eventId of eventIds) {
    const job = await callQueue(() => push.queue.getJob(eventId));
    await (job ? callQueue(() => retryFinished(job)) : addPushes(push, [eventId]));
  }
}
