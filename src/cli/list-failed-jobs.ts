import type { FailedJob } from '../queue/failed-jobs';
import type { Queues } from '../queue/queues';

/** Returns the failed jobs of one queue or of both, the newest first. */
export async function listFailedJobs(
  { applications, push }: Queues,
  queue: FailedJob['queue'] | undefined,
  max: number,
): Promise<FailedJob[]> {
  const { failedApplicationJobs, failedPushJobs } = await import('../queue/failed-jobs');
  const jobs = [
    ...(queue === 'push' ? [] : await failedApplicationJobs(applications, max)),
    ...(queue === 'applications' ? [] : await failedPushJobs(push, max)),
  ];
  return jobs.sort((a, b) => (b.failed_at ?? '').localeCompare(a.failed_at ?? '')).slice(0, max);
}
