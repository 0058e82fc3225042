import type { ApplicationView } from '../domain';
import { ConvError } from '../errors';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import { askQueue, findJob, jobView, type ApplicationQueue, type Delivery } from '../queue/applications';
import { idFault } from '../text';

/** Whether the queue's job is on its way to change what the row says: a replay, or a failed one delivered again. */
function supersedes(job: Delivery, row: Application): boolean {
  return row.status === 'FAILED' || job.replaces === row.processedAt.toISOString();
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
  if (idFault(id)) throw unknown;
  const row = await withDomainErrors(() => database.applications.findByPk(id));
  if (row?.status === 'ACCEPTED') return row.toView();
  const found = await askQueue(() => findJob(queue, id));
  if (!found) {
    if (row) return row.toView();
    throw unknown;
  }
  const { job, state } = found;
  if (!row) return jobView(job, state);
  const open = state !== 'completed' && state !== 'failed';
  return open && supersedes(job.data, row) ? jobView(job, state) : row.toView();
}
