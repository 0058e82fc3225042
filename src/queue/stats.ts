import { callQueue, type ApplicationQueue } from './applications';
import { isRefused } from './connection';
import type { PushQueue } from './push';

/** One queue as operators see it. */
export interface QueueStats {
  /** The queue's name. */
  id: string;
  waiting: number;
  active: number;
  delayed: number;
  completed: number;
  failed: number;
  /** Seconds since the oldest waiting job was added; null when no job is waiting. */
  oldest_waiting_seconds: number | null;
  /** How many worker processes are connected; null where the Redis provider hides it. */
  workers: number | null;
  paused: boolean;
  paused_since: string | null;
  pause_reason: string | null;
}

/** Counts the connected workers of a queue; returns null where Redis does not list its clients. */
export async function countWorkers({ queue }: ApplicationQueue | PushQueue): Promise<number | null> {
  try {
    const workers = await queue.getWorkers();
    // BullMQ returns an entry without an id where CLIENT LIST does not exist.
    return workers.every(({ id }) => id !== undefined) ? workers.length : null;
  } catch (error) {
    if (isRefused(error)) return null;
    throw error;
  }
}

/**
 * Counts the jobs of a queue by state, and its workers.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export function queueStats(open: ApplicationQueue | PushQueue): Promise<QueueStats> {
  const { queue } = open;
  return callQueue(async () => {
    const [counts, [oldest], workers, pause] = await Promise.all([
      queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed'),
      queue.getJobs(['waiting'], 0, 0, true),
      countWorkers(open),
      queue.getPause(),
    ]);
    const age = oldest ? Math.max(0, Math.round((Date.now() - oldest.timestamp) / 1000)) : null;
    return {
      id: queue.name,
      waiting: counts['waiting'] ?? 0,
      active: counts['active'] ?? 0,
      delayed: counts['delayed'] ?? 0,
      completed: counts['completed'] ?? 0,
      failed: counts['failed'] ?? 0,
      oldest_waiting_seconds: age,
      workers,
      paused: pause !== null,
      paused_since: pause?.since ?? null,
      pause_reason: pause?.reason ?? null,
    };
  });
}
