import type { ApplicationView } from '../lib/domain';
import { ConvError, isOutage } from '../lib/errors';
import { presentApplication } from '../lib/present';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, findJob, type ApplicationQueue, type FoundJob } from '../queue/applications';
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
  if (row === null || row instanceof Error) {
    if (found) return presentJob(found.job, found.state);
    throw row ?? notFound;
  }
  return found && isNewerThanRow(found, row) ? presentJob(found.job, found.state) : presentApplication(row);
}
