import { callQueue, type ApplicationQueue } from './applications';

export interface QueueStats {
  waiting: number;
  active: number;
  delayed: number;
  completed: number;
  failed: number;
  paused: boolean;
  /** Seconds since the oldest waiting job was added; null when no job is waiting. */
  oldest_waiting_seconds: number | null;
}

/** Counts the jobs of the application queue by state. */
export function queueStats({ queue }: ApplicationQueue): Promise<QueueStats> {
  return callQueue(async () => {
    const counts = await queue.getJobCounts('waiting', 'active', 'delayed', 'completed', 'failed');
    const [oldest] = await queue.getJobs(['waiting'], 0, 0, true);
    const age = oldest ? Math.max(0, Math.round((Date.now() - oldest.timestamp) / 1000)) : null;
    return {
      waiting: counts['waiting'] ?? 0,
      active: counts['active'] ?? 0,
      delayed: counts['delayed'] ?? 0,
      completed: counts['completed'] ?? 0,
      failed: counts['failed'] ?? 0,
      paused: await queue.isPaused(),
      oldest_waiting_seconds: age,
    };
  });
}
