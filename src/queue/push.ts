import type { Job } from 'bullmq';
import type { Logger } from '../lib/log';
import { callQueue } from './applications';
import { openQueue, type OpenQueue, type QueueSettings } from './open';

export const PUSH_QUEUE = 'push';

/** One event to be posted; what it says is read from the database when it is. */
export interface PushJob {
  event_id: string;
}

export type PushQueue = OpenQueue<PushJob, string>;

/** The queue of events for EVENTS_URL, one job per event. Its retries are planned by the worker, not by BullMQ. */
export function openPushQueue(settings: QueueSettings, log: Logger): PushQueue {
  return openQueue(PUSH_QUEUE, settings, log);
}

/** Adds events to be pushed; one that is there already stays as it is. */
export async function addPushes({ queue }: PushQueue, eventIds: readonly string[]): Promise<void> {
  const jobs = eventIds.map((event_id) => ({ name: 'event', data: { event_id }, opts: { jobId: event_id } }));
  await callQueue(() => queue.addBulk(jobs));
}

/** Lets an event go at once that waits for its turn. */
export async function promotePush({ queue }: PushQueue, eventId: string): Promise<void> {
  const job = await queue.getJob(eventId);
  if (!job || !(await job.isDelayed())) return;
  try {
    await job.promote();
  } catch (error) {
    if (await job.isDelayed()) throw error; // Else it went by itself meanwhile.
  }
}

async function startOver(job: Job<PushJob, string>): Promise<void> {
  const state = await job.getState();
  if (state !== 'failed' && state !== 'completed') return;
  try {
    await job.retry(state, { resetAttemptsMade: true, resetAttemptsStarted: true });
  } catch (error) {
    if ((await job.getState()) === state) throw error; // Else another process was first.
  }
}

/** Sees to it that each of these events will be tried: a job that ended starts over, one that is missing is added. */
export async function ensurePushes(push: PushQueue, eventIds: readonly string[]): Promise<void> {
  for (const eventId of eventIds) {
    const job = await push.queue.getJob(eventId);
    await (job ? startOver(job) : addPushes(push, [eventId]));
  }
}
