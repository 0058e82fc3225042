import type { ApplicationView } from '../lib/domain';
import { ConvError, isOutage } from '../lib/errors';
import { presentApplication } from '../lib/present';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import {
  callQueue,
  findJob,
  type ApplicationJob,
  type ApplicationQueue,
  type FoundJob,
} from '../queue/applications';
import { jobOutcome, presentJob } from '../queue/present-job';
import { idRule } from '../lib/text';

const applicationNotFound = (id: string) =>
  new ConvError('NOT_FOUND', `there is no application ${JSON.stringify(id)}`);

/** Returns whether the job is newer than the row: a replay that has not succeeded, or a failed application that was received again. */
function isNewerThanRow({ job, state }: FoundJob, row: Application): boolean {
  if (state === 'completed') return false;
  if (job.data.replaces === row.processedAt.toISOString()) return true;
  return (row.status === 'FAILED' || row.status === 'DEFERRED') && state !== 'failed';
}

/** Returns the row, or the error of an unavailable database, because the queue may still have the answer. */
async function readRow(database: Database, id: string): Promise<Application | Error | null> {
  try {
    return await withDatabaseErrors(() => database.applications.findByPk(id));
  } catch (error) {
    if (error instanceof Error && isOutage(error)) return error;
    throw error;
  }
}

/** Returns the stored outcome of an application, or null. Only ACCEPTED is final: a replay may replace any other. */
export async function findOutcome(database: Database, id: string): Promise<ApplicationView | null> {
  if (idRule(id)) return null;
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  return row && presentApplication(row);
}

/** Whether a completed job's outcome is not in the row that was read: it was stored since, or it is lost (lost-outcomes.ts). */
function lacksOutcome(row: Application | null, job: ApplicationJob): boolean {
  const outcome = jobOutcome(job);
  return row === null || (outcome !== null && row.processedAt < new Date(outcome.processed_at));
}

/** Returns an application whose job has completed. A lost outcome is not shown, because its conversation does not exist. */
async function presentCompleted(database: Database, job: ApplicationJob): Promise<ApplicationView> {
  const row = await withDatabaseErrors(() => database.applications.findByPk(job.data.event.id));
  if (row && !lacksOutcome(row, job)) return presentApplication(row);
  return presentJob(job, 'waiting');
}

/**
 * Returns the present state of an application. While Redis is unavailable, its outcome in PostgreSQL is the answer, which a replay
 * may be replacing unless it is ACCEPTED.
 * @param find looks the application up in both stores, as {@link findApplication}
 * @returns the application, and the outage if the queue was not asked
 */
export async function findDespiteQueueOutage(
  database: Database,
  id: string,
  find: () => Promise<ApplicationView>,
): Promise<{ application: ApplicationView; outage: ConvError | null }> {
  try {
    return { application: await find(), outage: null };
  } catch (error) {
    if (!(error instanceof ConvError) || error.code !== 'QUEUE_UNAVAILABLE') throw error;
    const outcome = await findOutcome(database, id);
    if (!outcome) throw error;
    return { application: outcome, outage: error };
  }
}

/**
 * Returns an application that is ACCEPTED. Its row never changes, so one from a replica is as good as the newest.
 * @throws ConvError NOT_FOUND for any other
 */
export async function findAccepted(database: Database, id: string): Promise<ApplicationView> {
  const outcome = await findOutcome(database, id);
  if (outcome?.status !== 'ACCEPTED') throw applicationNotFound(id);
  return outcome;
}

/**
 * Returns the present state of an application: from its row when that is final, otherwise from its job.
 * @throws ConvError NOT_FOUND, or DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE when the answer depends on that store
 */
export async function findApplication(
  database: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<ApplicationView> {
  const notFound = applicationNotFound(id);
  if (idRule(id)) throw notFound;
  const row = await readRow(database, id);
  if (row && !(row instanceof Error) && row.status === 'ACCEPTED') return presentApplication(row);
  const found = await callQueue(() => findJob(queue, id));
  if (!found) {
    if (row === null || row instanceof Error) throw row ?? notFound;
    return presentApplication(row);
  }
  const { job, state } = found;
  if (row instanceof Error) return presentJob(job, state);
  // The row was read before the job.
  if (state === 'completed' && (jobOutcome(job) === null || lacksOutcome(row, job)))
    return presentCompleted(database, job);
  return row && !isNewerThanRow(found, row) ? presentApplication(row) : presentJob(job, state);
}
