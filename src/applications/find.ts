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
import { presentJob } from '../queue/present-job';
import { idRule } from '../lib/text';

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

/**
 * Returns an application whose job completed without a row: the row was stored since, or PostgreSQL lost it. Then its
 * conversation does not exist, and the application is still to be processed (lost-outcomes.ts).
 */
async function presentCompleted(database: Database, job: ApplicationJob): Promise<ApplicationView> {
  const row = await withDatabaseErrors(() => database.applications.findByPk(job.data.event.id));
  return row ? presentApplication(row) : presentJob(job, 'waiting');
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
  const notFound = new ConvError('NOT_FOUND', `there is no application ${JSON.stringify(id)}`);
  if (idRule(id)) throw notFound;
  const row = await readRow(database, id);
  if (row && !(row instanceof Error) && row.status === 'ACCEPTED') return presentApplication(row);
  const found = await callQueue(() => findJob(queue, id));
  if (!found) {
    if (row === null || row instanceof Error) throw row ?? notFound;
    return presentApplication(row);
  }
  const { job, state } = found;
  if (row && !(row instanceof Error))
    return isNewerThanRow(found, row) ? presentJob(job, state) : presentApplication(row);
  return row === null && state === 'completed' ? presentCompleted(database, job) : presentJob(job, state);
}
