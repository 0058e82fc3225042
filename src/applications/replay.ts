import type { ApplicationView } from '../lib/domain';
import { ConvError, ERASED_REASON, PAYLOAD_REMOVED_REASON } from '../lib/errors';
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
import { isUnreadable } from '../queue/job-data';
import { presentJob } from '../queue/present-job';
import { idRule } from '../lib/text';
import { jobTrace, type Tracing } from '../tracing/tracing';
import { isErased } from './erased-event';
import { traceSending } from './trace-application';

function refuse(id: string, reason: string): ConvError {
  return new ConvError('ERASED', `application ${id} cannot be replayed: ${reason}`);
}

const refuseInvalid = (id: string) =>
  new ConvError(
    'CONFLICT',
    `application ${id} cannot be replayed: its job data is invalid, so its sender must deliver it again`,
  );

/** Creates the data of a replay. @throws ConvError ERASED where the data was erased or removed, CONFLICT where it is invalid */
function createJobData(row: Application, requestId: string): ApplicationJobData {
  const { id, payload } = row;
  if (!payload) throw refuse(id, PAYLOAD_REMOVED_REASON);
  if (isErased(payload)) throw refuse(id, ERASED_REASON);
  if (isUnreadable(payload)) throw refuseInvalid(id);
  return {
    event: payload,
    received_at: row.receivedAt.toISOString(),
    request_id: requestId,
    delivery_id: newId().id,
    replaces: row.processedAt.toISOString(),
  };
}

/** Retries the application's job, or adds a new one when the queue no longer has it. */
async function enqueue(
  queue: ApplicationQueue,
  id: string,
  data: ApplicationJobData | null,
  tracing: Tracing | null,
): Promise<ApplicationView> {
  const trace = tracing && jobTrace(tracing);
  const found = await findJob(queue, id);
  if (found) {
    const { job, state } = found;
    if (!data && isErased(job.data.event)) throw refuse(id, ERASED_REASON);
    if (!data && job.data.invalid !== undefined) throw refuseInvalid(id);
    if (await retryJob(job, (data ?? trace) ? { ...(data ?? job.data), ...trace } : undefined))
      return presentJob(job, 'waiting');
    if ((await job.getState()) !== 'unknown') return presentJob(job, state);
    // The cleanup has removed it meanwhile.
  }
  if (!data) throw new ConvError('NOT_FOUND', `there is no application ${JSON.stringify(id)}`);
  const { job } = await addApplication(queue, { ...data, ...trace });
  return presentJob(job, 'waiting');
}

/**
 * Processes an application again that was FAILED, REJECTED or DEFERRED. One that is in the queue already is left as it is.
 * @returns the present state of the application, usually QUEUED
 * @throws ConvError NOT_FOUND; CONFLICT when its conversation exists; ERASED when its personal data was erased or removed;
 *   DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
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
  const data = row && createJobData(row, requestId);
  const { tracing } = database;
  const work = async (): Promise<ApplicationView> => {
    const application = await enqueue(queue, id, data, tracing);
    await queue.confirmReplicas(id);
    return application;
  };
  return callQueue(() => traceSending(tracing, id, work));
}
