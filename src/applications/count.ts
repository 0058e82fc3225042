import { QueryTypes } from 'sequelize';
import type { ApplicationStatus } from '../lib/domain';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, type ApplicationQueue } from '../queue/applications';
import { recordUnrecordedFailures } from './unrecorded-failures';

/** How many applications have a status, for a reason. */
export interface ApplicationCount {
  status: ApplicationStatus;
  reason: string | null;
  count: number;
}

const COUNT_OUTCOMES = `
SELECT status, reason, count(*)::integer AS count FROM applications
WHERE received_at >= $1 AND dismissed_at IS NULL
GROUP BY status, reason ORDER BY status, count DESC, reason`;

/**
 * Counts applications by status and reason; a FAILED one's reason is its error. Dismissed failures are left out, as in lists.
 * @param since when they were received; those in the queue are counted whenever they came
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function countApplications(
  database: Database,
  queue: ApplicationQueue,
  since: Date,
): Promise<ApplicationCount[]> {
  await recordUnrecordedFailures(database, queue, new Date(0));
  const jobs = await callQueue(() => queue.queue.getJobCounts('waiting', 'delayed', 'prioritized', 'active'));
  const { active = 0, ...waiting } = jobs;
  const queued = Object.values(waiting).reduce((sum, count) => sum + count, 0);
  const outcomes = await withDatabaseErrors(() =>
    database.sequelize.query<ApplicationCount>(COUNT_OUTCOMES, { type: QueryTypes.SELECT, bind: [since] }),
  );
  return [
    { status: 'QUEUED', reason: null, count: queued },
    { status: 'PROCESSING', reason: null, count: active },
    ...outcomes,
  ];
}
