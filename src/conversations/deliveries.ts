import { findApplicationDeliveries } from '../events/application-deliveries';
import type { PushDeliveryView } from '../events/list-push-deliveries';
import { isPushingOn } from '../events/switch-pushing-on';
import type { ConversationView } from '../lib/domain';
import type { Database } from '../models/connect';

/** The push of one event. */
export interface Delivery extends PushDeliveryView {
  /** Null if the push is waiting for a worker, if it is not pending, and if Redis cannot be reached. */
  next_attempt_at: string | null;
}

/**
 * Returns the pushes of a conversation's events, oldest first; null if pushing was never switched on.
 * @param findDueTimes returns when pushes are due, by event
 */
export async function findDeliveries(
  database: Database,
  findDueTimes: (eventIds: readonly string[]) => Promise<ReadonlyMap<string, Date>>,
  { application_id }: ConversationView,
): Promise<Delivery[] | null> {
  if (!(await isPushingOn(database))) return null;
  const deliveries = await findApplicationDeliveries(database, application_id);
  const pending = deliveries.filter(({ status }) => status === 'PENDING').map(({ id }) => id);
  const dueTimes = pending.length > 0 ? await findDueTimes(pending) : new Map<string, Date>();
  return deliveries.map((delivery) => ({
    ...delivery,
    next_attempt_at: dueTimes.get(delivery.id)?.toISOString() ?? null,
  }));
}
