import { listConversations } from '../../../conversations/list';
import { moveConversation } from '../../../conversations/move';
import { showConversation } from '../../../conversations/show';
import { findDueDeliveries } from '../../../events/application-deliveries';
import { isOutage } from '../../../lib/errors';
import type { Database } from '../../../models/connect';
import { printNotice, type Io } from '../../io';
import { withPushQueue } from '../../stores';
import type { ConversationBackend } from '../backend';

/** Returns when pushes are due, by event. Without Redis it says that this is unknown; the rest is in PostgreSQL. */
async function findDueTimes(io: Io, eventIds: readonly string[]): Promise<ReadonlyMap<string, Date>> {
  const { findNextAttempts } = await import('../../../queue/next-attempts');
  try {
    return await withPushQueue(io, (push) => findNextAttempts(push, eventIds));
  } catch (error) {
    if (!isOutage(error)) throw error;
    printNotice(io, 'conv: next attempts of deliveries unknown: Redis cannot be reached');
    return new Map();
  }
}

/** Conversations in PostgreSQL. */
export function storedConversations(io: Io, database: Database): ConversationBackend {
  return {
    list: (query) => listConversations(database, query),
    move: (id, status) => moveConversation(database, id, status),
    async show(id) {
      const details = await showConversation(database, id);
      const dueTimes = (eventIds: readonly string[]) => findDueTimes(io, eventIds);
      return {
        ...details,
        deliveries: await findDueDeliveries(database, details.conversation.application_id, dueTimes),
      };
    },
  };
}
