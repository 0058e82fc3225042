import { APPLICATION_QUEUE, type ApplicationJob } from '../queue/applications';
import { toJobId } from '../queue/job-id';
import type { Attributes, Tracing } from '../tracing/tracing';

/** Returns the attributes of OpenTelemetry's conventions for messaging. Ids of applications are no personal data. */
function messageAttributes(applicationId: string, operation: 'send' | 'process'): Attributes {
  return {
    'messaging.system': 'bullmq',
    'messaging.operation.name': operation,
    'messaging.operation.type': operation,
    'messaging.destination.name': APPLICATION_QUEUE,
    'messaging.message.id': toJobId(applicationId),
    'conv.application.id': applicationId,
  };
}

/** Runs the work that adds an application to the queue, in a span where traces are on. */
export function traceSending<T>(
  tracing: Tracing | null,
  applicationId: string,
  work: () => Promise<T>,
): Promise<T> {
  if (!tracing) return work();
  const attributes = messageAttributes(applicationId, 'send');
  return tracing.run(`send ${APPLICATION_QUEUE}`, { kind: 'producer', attributes }, work);
}

/**
 * Runs the work of a job in a span that continues the trace of its sender, and records before how long the job waited. A later attempt
 * has no span of its wait, because nobody stored when it began.
 */
export function traceProcessing<T>(
  tracing: Tracing,
  { data, attemptsStarted }: ApplicationJob,
  work: () => Promise<T>,
): Promise<T> {
  const parent = data.trace ?? null;
  const attributes = messageAttributes(data.event.id, 'process');
  if (data.trace && attemptsStarted === 1)
    tracing.record(`wait in ${APPLICATION_QUEUE}`, { parent, attributes }, data.trace.queued_at, Date.now());
  const options = { parent, attributes: { ...attributes, 'conv.attempt': attemptsStarted } };
  return tracing.run(`process ${APPLICATION_QUEUE}`, { ...options, kind: 'consumer' }, work);
}
