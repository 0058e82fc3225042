import { ConvError } from '../lib/errors';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { ApplicationJob, ApplicationQueue } from '../queue/applications';
import { finishedJobs } from '../queue/present-job';
import type { IncomingApplication } from './process-steps';
import { recordFailure } from './record-failure';

/** Whether an outcome is still the one that the job was to replace. */
function isReplacedBy({ replaces }: IncomingApplication, { status, processedAt }: Application): boolean {
  return status !== 'ACCEPTED' && processedAt.toISOString() === replaces;
}

/** Whether only the queue knows that this job failed. */
function isUnrecorded({ data }: ApplicationJob, row: Application | undefined): boolean {
  return row === undefined || isReplacedBy(data, row);
}

/**
 * Returns false where the database refuses the failure, as it refused the application. A failure that another worker records at the
 * same time is not recorded twice, so it has one event.
 */
async function tryRecord(database: Database, job: ApplicationJob): Promise<boolean> {
  try {
    await recordFailure(database, job.data, job.failedReason, (row, data) => isReplacedBy(data, row));
    return true;
  } catch (error) {
    if (error instanceof ConvError && error.retry === 'never') return false;
    throw error;
  }
}

/**
 * Records the failures of jobs that failed without a record, because their worker was killed or PostgreSQL was restored from a
 * backup. Then `FAILED` means the same in every list, count and replay.
 * @param since when they failed
 * @param ended ends it early
 * @returns how many were recorded
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function recordUnrecordedFailures(
  database: Database,
  queue: ApplicationQueue,
  since: Date,
  ended?: AbortSignal,
): Promise<number> {
  let recorded = 0;
  for await (const jobs of finishedJobs(queue, 'failed', since, ended)) {
    const where = { id: jobs.map(({ data }) => data.event.id) };
    const attributes = ['id', 'processedAt'];
    const rows = await withDatabaseErrors(() => database.applications.findAll({ attributes, where }));
    const byId = new Map(rows.map((row) => [row.id, row]));
    for (const job of jobs)
      if (isUnrecorded(job, byId.get(job.data.event.id)) && (await tryRecord(database, job))) recorded += 1;
  }
  return recorded;
}
