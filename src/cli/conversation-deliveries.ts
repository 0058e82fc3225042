import type { PushDeliveryView } from '../events/list-push-deliveries';
import type { ConversationView } from '../lib/domain';
import { isOutage } from '../lib/errors';
import type { Database } from '../models/connect';
import { printNotice, type Io } from './io';
import { withPushQueue } from './stores';

/** The push of one event. */
export interface Delivery extends PushDeliveryView {
  /** Null if the push is waiting for a worker, if it is not pending, and if Redis cannot be reached. */
  next_attempt_at: string | null;
}

/** Returns when the pushes are due, by event. Without Redis it says that this is unknown; the rest is in PostgreSQL. */
async function findDueTimes(io: Io, eventIds: readonly string[]): Promise<Map<string, Date>> {
  if (eventIds.length === 0) return new Map();
  const { findNextAttempts } = await import('../queue/push');
  try {
    return await withPushQueue(io, (push) => findNextAttempts(push, eventIds));
  } catch (error) {
    if (!isOutage(error)) throw error;
    printNotice(io, 'conv: next attempts of deliveries unknown: Redis cannot be reached');
    return new Map();
  }
}

/** Returns the pushes of a conversation's events, oldest first; null if pushing was never switched on. */
export async function findDeliveries(
  io: Io,
  database: Database,
  { application_id }: ConversationView,
): Promise<Delivery[] | null> {
  const { isPushingOn } = await import('../events/switch-pushing-on');
  if (!(await isPushingOn(database))) return null;
  const { findApplicationDeliveries } = await import('../events/application-deliveries');
  const deliveries = await findApplicationDeliveries(database, application_id);
  const pending = deliveries.filter(({ status }) => status === 'PENDING').map(({ id }) => id);
  const dueTimes = await findDueTimes(io, pending);
  return deliveries.map((delivery) => ({
    ...delivery,
    next_attempt_at: dueTimes.get(delivery.id)?.toISOString() ?? null,
  }));
}
