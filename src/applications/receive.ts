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
import { jobTrace, type Tracing } from '../tracing/tracing';
import { isErased, isSameEvent } from './erased-event';
import { traceSending } from './trace-application';

export interface Receipt {
  application: ApplicationView;
  /** Whether the queue already held this application. */
  redelivered: boolean;
}

/** Replaces the data of a job that could not be read by that of a new delivery, so that the application is processed. */
async function replaceInvalid(job: ApplicationJob, data: ApplicationJobData): Promise<ApplicationView> {
  if (!(await retryJob(job, data))) await job.updateData(data);
  return presentJob(job, 'waiting');
}

/**
 * Returns the present state of an application that is delivered again. A FAILED one is retried. So is a DEFERRED one, because its
 * job does not show that it was processed later, when the conversation completed.
 */
async function handleRedelivery(job: ApplicationJob, data: ApplicationJobData): Promise<ApplicationView> {
  if (job.data.invalid !== undefined) return replaceInvalid(job, data);
  const event = data.event as ApplicationEvent;
  if (!isSameEvent(job.data.event, event))
    throw new ConvError('CONFLICT', `application ${event.id} was received before with a different payload`);
  const state = await job.getState();
  const view = presentJob(job, state);
  if (isErased(job.data.event) || (view.status !== 'FAILED' && view.status !== 'DEFERRED')) return view;
  await retryJob(job, data.trace && { ...job.data, trace: data.trace });
  return presentJob(job, 'waiting');
}

/**
 * Accepts an application: when this resolves, it is in the queue, on disk, and on REDIS_MIN_REPLICAS replicas. Uses Redis only, not
 * PostgreSQL. Its time of receipt is Redis' time, so that it compares with those from other machines and with erasures.
 * @throws ConvError CONFLICT when the id was received with another payload; QUEUE_UNAVAILABLE within a second
 */
export function receive(
  queue: ApplicationQueue,
  event: ApplicationEvent,
  requestId: string,
  tracing: Tracing | null = null,
): Promise<Receipt> {
  const work = async (): Promise<Receipt> => {
    const data: ApplicationJobData = {
      event,
      received_at: (await queue.clock.now()).toISOString(),
      request_id: requestId,
      delivery_id: newId().id,
      ...(tracing && jobTrace(tracing)),
    };
    const { job, added } = await addApplication(queue, data);
    const application = added ? presentJob(job, 'waiting') : await handleRedelivery(job, data);
    await queue.confirmReplicas(event.id);
    return { application, redelivered: !added };
  };
  return callQueue(() => traceSending(tracing, event.id, work));
}
