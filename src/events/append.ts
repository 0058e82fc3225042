import type { Transaction } from 'sequelize';
import type { ApplicationView, ConversationView, FeedEventType } from '../lib/domain';
import { newId } from '../lib/ids';
import type { Database } from '../models/connect';

/**
 * Writes what happened into the outbox, in the transaction that makes it true: a reader never learns of what was rolled
 * back, and nothing that was committed goes untold.
 */
export async function appendEvent(
  database: Database,
  transaction: Transaction,
  type: FeedEventType,
  data: ApplicationView | ConversationView,
): Promise<void> {
  const applicationId = 'application_id' in data ? data.application_id : data.id;
  transaction.afterCommit(database.notifyEvents);
  await database.events.create({ ...newId(), type, applicationId, data }, { transaction });
}
