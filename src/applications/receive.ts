import type { ApplicationEvent, ApplicationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { newId } from '../lib/ids';
import {
  addApplication,
  callQueue,
  retryJob,
  type ApplicationJob,
  type ApplicationQueue,
  type ApplicationJobData,
} from '../queue/applications';
import { presentJob } from '../queue/present-job';
import { isErased, isSameEvent } from './erased-event';

export interface Receipt {
  application: ApplicationView;
  /** The queue knew this application already: a redelivery. */
  redelivered: boolean;
}

/**
 * A redelivery tells what became of the first; one whose job FAILED starts it again. So does one that was DEFERRED: it may have
 * been decided since, without the queue.
 */
async function redeliver(job: ApplicationJob, event: ApplicationEvent): Promise<ApplicationView> {
  if (!isSameEvent(job.data.event, event))
    throw new ConvError('CONFLICT', `application ${event.id} was delivered before with a different payload`);
  const state = await job.getState();
  const view = presentJob(job, state);
  if (isErased(job.data.event) || (view.status !== 'FAILED' && view.status !== 'DEFERRED')) return view;
  await retryJob(job);
  return presentJob(job, 'waiting');
}

/**
 * Accepts an application: when this resolves, the queue holds it durably. Touches Redis only.
 * @throws ConvError CONFLICT for the same id with another payload, QUEUE_UNAVAILABLE within a second
 */
export function receive(
  queue: ApplicationQueue,
  event: ApplicationEvent,
  requestId: string,
): Promise<Receipt> {
  const { id, createdAt } = newId();
  const delivery: ApplicationJobData = {
    event,
    received_at: createdAt.toISOString(),
    request_id: requestId,
    delivery_id: id,
  };
  return callQueue(async () => {
    const { job, added } = await addApplication(queue, delivery);
    if (added) return { application: presentJob(job, 'waiting'), redelivered: false };
    return { application: await redeliver(job, event), redelivered: true };
  });
}
