import { Transaction } from 'sequelize';
import type { ConversationStatus, ConversationView } from '../lib/domain';
import { ConvError } from '../lib/errors';
import { appendEvents } from '../events/append';
import { isUuid } from '../lib/ids';
import { presentConversation } from '../lib/present';
import type { Conversation } from '../models/Conversation';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { processDeferred } from '../applications/process';
import { nextStatus } from './status';

function refuseMove(from: ConversationStatus, to: ConversationStatus): ConvError {
  const next = nextStatus(from);
  const rule = next
    ? `a conversation that is ${from} can move to ${next} only`
    : `${from} is the end of a conversation`;
  return new ConvError('CONFLICT', `it cannot move to ${to}: ${rule}`);
}

/** The error for an id that no conversation has. */
export function noConversation(id: string): ConvError {
  return new ConvError('NOT_FOUND', `there is no conversation ${JSON.stringify(id)}`);
}

/** The candidate first and the conversation second, as a decision takes its locks; the other way round is a deadlock. */
async function lockConversation(
  database: Database,
  transaction: Transaction,
  id: string,
): Promise<Conversation> {
  const found = await database.conversations.findByPk(id, { transaction });
  if (!found) throw noConversation(id);
  const lock = Transaction.LOCK.NO_KEY_UPDATE;
  await database.candidates.findByPk(found.candidateId, { transaction, lock });
  return found.reload({ transaction, lock });
}

/**
 * Moves a conversation one step on and records the event. Already there: nothing happens and that is fine. With the end of a
 * conversation its candidate is free, so what was deferred for it is decided in the same transaction.
 * @throws ConvError NOT_FOUND, or CONFLICT for a move that the rules forbid
 */
export function moveConversation(
  database: Database,
  id: string,
  to: ConversationStatus,
): Promise<ConversationView> {
  if (!isUuid(id)) return Promise.reject(noConversation(id));
  return withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      const conversation = await lockConversation(database, transaction, id);
      if (conversation.status === to) return presentConversation(conversation);
      if (nextStatus(conversation.status) !== to) throw refuseMove(conversation.status, to);
      const moved = presentConversation(await conversation.update({ status: to }, { transaction }));
      await appendEvents(database, transaction, [{ type: 'conversation.updated', data: moved }]);
      if (to === 'COMPLETED') await processDeferred(database, transaction, moved.candidate_id);
      return moved;
    }),
  );
}
