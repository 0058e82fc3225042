import type { DueDelivery } from '../../events/application-deliveries';
import { pluralize } from '../../lib/pluralize';

/** The pushes of an application's events. */
export interface Pushes {
  /** Null if pushing was never switched on. */
  deliveries: readonly DueDelivery[] | null;
}

/** Returns whether an event was pushed to EVENTS_URL, a line each; nothing if its store is unavailable. */
export function describePush(eventId: string, pushes: Pushes | null): string[] {
  if (pushes === null) return [];
  if (pushes.deliveries === null) return ['not pushed, because no receiver is set (EVENTS_URL)'];
  const delivery = pushes.deliveries.find(({ id }) => id === eventId);
  if (!delivery)
    return [
      'not pushed, because a worker has not queued it yet, or because it is older than the receiver (EVENTS_URL)',
    ];
  const { status, attempts, last_error, next_attempt_at, delivered_at } = delivery;
  const error = last_error === null ? [] : [`last error: ${last_error}`];
  if (status === 'DELIVERED')
    return [`pushed at ${delivered_at ?? ''} with ${pluralize(attempts, 'attempt')}`];
  if (status === 'PARKED')
    return [`push given up after ${pluralize(attempts, 'attempt')}; an operator can send it again`, ...error];
  const next = next_attempt_at === null ? '' : `, next one at ${next_attempt_at}`;
  return [`push waiting after ${pluralize(attempts, 'attempt')}${next}`, ...error];
}
