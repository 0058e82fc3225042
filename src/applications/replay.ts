import type { ApplicationStatus, ApplicationView } from '../lib/domain';
import { ConvError, ERASED_REASON } from '../lib/errors';
import { newId } from '../lib/ids';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import {
  addApplication,
  callQueue,
  findJob,
  retryJob,
  type ApplicationQueue,
  type ApplicationJobData,
} from '../queue/applications';
import { presentJob } from '../queue/present-job';
import { idRule } from '../lib/text';
import { isErased } from './erased-event';

function deliveryOf(row: Application, requestId: string): ApplicationJobData {
  return {
    event: row.payload,
    received_at: row.receivedAt.toISOString(),
    request_id: requestId,
    delivery_id: newId().id,
    replaces: row.processedAt.toISOString(),
  };
}

/** What a replay does with an application in this state; only what was not successful is sent again. */
export function replayable(status: ApplicationStatus): boolean {
  return status === 'FAILED' || status === 'REJECTED' || status === 'DEFERRED';
}

function refuseErased(id: string): ConvError {
  return new ConvError('ERASED', `application ${id} cannot be sent again: ${ERASED_REASON}`);
}

/** Sends a known payload through again: in place of its finished job, or as a new one if the queue has forgotten it. */
async function enqueue(
  queue: ApplicationQueue,
  id: string,
  delivery: ApplicationJobData | null,
): Promise<ApplicationView> {
  const found = await findJob(queue, id);
  if (found) {
    const { job, state } = found;
    if (!delivery && isErased(job.data.event)) throw refuseErased(id);
    const again = await retryJob(job, delivery ?? undefined);
    return again ? presentJob(job, 'waiting') : presentJob(job, state);
  }
  if (!delivery) throw new ConvError('NOT_FOUND', `there is no application ${JSON.stringify(id)}`);
  const { job } = await addApplication(queue, delivery);
  return presentJob(job, 'waiting');
}

/**
 * Sends an application through again: a FAILED one with fresh attempts, a REJECTED one to be decided anew. One that is on its way
 * already stays so.
 * @returns the application as it is now, QUEUED as a rule
 * @throws ConvError NOT_FOUND, CONFLICT where its conversation exists, ERASED where its data is gone, or that of a store that is away
 */
export async function replayApplication(
  database: Database,
  queue: ApplicationQueue,
  id: string,
  requestId: string,
): Promise<ApplicationView> {
  if (idRule(id)) throw new ConvError('NOT_FOUND', `there is no application ${JSON.stringify(id)}`);
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  if (row?.status === 'ACCEPTED')
    throw new ConvError(
      'CONFLICT',
      `application ${id} is ACCEPTED: its conversation is ${row.conversationId ?? ''}`,
    );
  if (row && isErased(row.payload)) throw refuseErased(id);
  return callQueue(() => enqueue(queue, id, row && deliveryOf(row, requestId)));
}
