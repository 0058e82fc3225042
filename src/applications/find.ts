import type { ApplicationView } from '../lib/domain';
import { ConvError, isOutage } from '../lib/errors';
import { presentApplication } from '../lib/present';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, findJob, type ApplicationQueue, type FoundJob } from '../queue/applications';
import { presentJob } from '../queue/present-job';
import { idRule } from '../lib/text';

/** Whether the queue knows later than the row: a replay that is on its way or failed, or a failed one delivered again. */
function supersedes({ job, state }: FoundJob, row: Application): boolean {
  if (state === 'completed') return false;
  if (job.data.replaces === row.processedAt.toISOString()) return true;
  return (row.status === 'FAILED' || row.status === 'DEFERRED') && state !== 'failed';
}

/** The row, or the error of a database that is away: the queue may still know the answer. */
async function readRow(database: Database, id: string): Promise<Application | ConvError | null> {
  try {
    return await withDatabaseErrors(() => database.applications.findByPk(id));
  } catch (error) {
    if (error instanceof ConvError && isOutage(error)) return error;
    throw error;
  }
}

/**
 * What became of an application, at this moment: the row where it is final, else what the queue knows.
 * @throws ConvError NOT_FOUND, or the store's that would have to be asked
 */
export async function findApplication(
  database: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<ApplicationView> {
  const unknown = new ConvError('NOT_FOUND', `there is no application ${JSON.stringify(id)}`);
  if (idRule(id)) throw unknown;
  const row = await readRow(database, id);
  if (row && !(row instanceof ConvError) && row.status === 'ACCEPTED') return presentApplication(row);
  const found = await callQueue(() => findJob(queue, id));
  if (row === null || row instanceof ConvError) {
    if (found) return presentJob(found.job, found.state);
    throw row ?? unknown;
  }
  return found && supersedes(found, row) ? presentJob(found.job, found.state) : presentApplication(row);
}
