import type { Transaction } from 'sequelize';
import type { ApplicationView, ConversationView, EventType } from '../domain';
import { newId } from '../ids';
import type { Database } from '../models/connect';

/**
 * Writes what happened into the outbox, in the transaction that makes it true: a reader never learns of what was rolled
 * back, and nothing that was committed goes untold.
 */
export async function recordEvent(
  database: Database,
  transaction: Transaction,
  type: EventType,
  data: ApplicationView | ConversationView,
): Promise<void> {
  const applicationId = 'application_id' in data ? data.application_id : data.id;
  transaction.afterCommit(database.announce);
  await database.events.create({ ...newId(), type, applicationId, data }, { transaction });
}
