import { Transaction } from 'sequelize';
import type { ConversationStatus, ConversationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { appendEvents } from '../events/append';
import { isUuid } from '../lib/ids';
import { presentConversation } from '../lib/present';
import type { Conversation } from '../models/Conversation';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { processDeferred } from '../applications/process-deferred';
import { nextStatus } from './status';

function refuseMove(from: ConversationStatus, to: ConversationStatus): ConvError {
  const next = nextStatus(from);
  const rule = next
    ? `a conversation that is ${from} can only move to ${next}`
    : `${from} is the last status`;
  return new ConvError('CONFLICT', `cannot move to ${to}: ${rule}`);
}

const CHANGED = 'the conversation is not the one that If-Match names: it has changed, so read it again';

/** Creates the error for an id that no conversation has. */
export function conversationNotFound(id: string): ConvError {
  return new ConvError('NOT_FOUND', `there is no conversation ${JSON.stringify(id)}`);
}

/** Locks the candidate and then the conversation: processing an application locks in this order too, so they cannot deadlock. */
async function lockConversation(
  database: Database,
  transaction: Transaction,
  id: string,
): Promise<Conversation> {
  const found = await database.conversations.findByPk(id, { transaction });
  if (!found) throw conversationNotFound(id);
  const lock = Transaction.LOCK.NO_KEY_UPDATE;
  await database.candidates.findByPk(found.candidateId, { transaction, lock });
  return found.reload({ transaction, lock });
}

/**
 * Moves a conversation to the next status and appends the event; does nothing when it already has that status. When it becomes
 * COMPLETED, the candidate's deferred applications are processed in the same transaction.
 * @param isExpected whether the conversation is as the caller knows it; another one is not moved
 * @throws ConvError NOT_FOUND, PRECONDITION_FAILED, or CONFLICT when the move is not allowed
 */
export function moveConversation(
  database: Database,
  id: string,
  to: ConversationStatus,
  isExpected: (current: ConversationView) => boolean = () => true,
): Promise<ConversationView> {
  if (!isUuid(id)) return Promise.reject(conversationNotFound(id));
  return withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      const conversation = await lockConversation(database, transaction, id);
      if (!isExpected(presentConversation(conversation))) throw new ConvError('PRECONDITION_FAILED', CHANGED);
      if (conversation.status === to) return presentConversation(conversation);
      if (nextStatus(conversation.status) !== to) throw refuseMove(conversation.status, to);
      const moved = presentConversation(await conversation.update({ status: to }, { transaction }));
      await appendEvents(database, transaction, [{ type: 'conversation.updated', data: moved }]);
      if (to === 'COMPLETED') await processDeferred(database, transaction, moved.candidate_id);
      return moved;
    }),
  );
}
