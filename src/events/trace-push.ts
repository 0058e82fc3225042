import type { Tracing } from '../tracing/tracing';
import type { PushDelivery } from './push-deliveries';

/** Runs an attempt to push an event, in a span that continues the trace in which the event was written. */
export function tracePush<T>(
  tracing: Tracing,
  { event, application_id, attempts, trace }: PushDelivery,
  work: () => Promise<T>,
): Promise<T> {
  const attributes = {
    'messaging.system': 'bullmq',
    'messaging.operation.name': 'process',
    'messaging.operation.type': 'process',
    'messaging.destination.name': 'push',
    'messaging.message.id': event.id,
    'conv.event.type': event.type,
    'conv.application.id': application_id,
    'conv.attempt': attempts + 1,
  };
  return tracing.run('process push', { kind: 'consumer', parent: trace, attributes }, work);
}
