import type { DueDelivery } from '../events/application-deliveries';
import type { ConversationView } from '../lib/domain';
import { isOutage } from '../lib/errors';
import type { Database } from '../models/connect';
import { printNotice, type Io } from './io';
import { withPushQueue } from './stores';

/** Returns when the pushes are due, by event. Without Redis it says that this is unknown; the rest is in PostgreSQL. */
async function findDueTimes(io: Io, eventIds: readonly string[]): Promise<Map<string, Date>> {
  if (eventIds.length === 0) return new Map();
  const { findNextAttempts } = await import('../queue/next-attempts');
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
): Promise<DueDelivery[] | null> {
  const { findDueDeliveries } = await import('../events/application-deliveries');
  return findDueDeliveries(database, application_id, (eventIds) => findDueTimes(io, eventIds));
}
