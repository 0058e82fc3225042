import { callQueue, type ApplicationQueue } from './applications';
import { isApplicationJob } from './present-job';

/** An application that waits for a lock of another transaction in PostgreSQL. */
export interface BlockedApplication {
  id: string;
  since: Date;
}

/** Enough to name some and to see that there are many. */
const MAX_JOBS = 1000;

/**
 * Returns applications that wait for a lock, those that have waited longest first. Looks at the next 1000 delayed jobs.
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function findBlockedApplications({ queue }: ApplicationQueue): Promise<BlockedApplication[]> {
  const jobs = await callQueue(() => queue.getJobs('delayed', 0, MAX_JOBS - 1, true));
  return jobs
    .filter(isApplicationJob)
    .flatMap(({ data: { event, blocked_since } }) =>
      blocked_since === undefined ? [] : [{ id: event.id, since: new Date(blocked_since) }],
    )
    .sort((a, b) => a.since.getTime() - b.since.getTime());
}
