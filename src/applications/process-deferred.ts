import type { Transaction } from 'sequelize';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import { processInTransaction } from './process';

/**
 * Processes the candidate's DEFERRED applications, oldest first, until one becomes a conversation. Runs in the transaction of the
 * move to COMPLETED, under the candidate's lock: an application processed at the same time commits before it and is found here,
 * or comes after it and finds no active conversation.
 */
export async function processDeferred(
  database: Database,
  transaction: Transaction,
  candidateId: string,
): Promise<void> {
  for (;;) {
    const oldest = await database.applications.findOne({
      where: { candidateId, status: 'DEFERRED' },
      order: ['receivedAt', 'id'],
      transaction,
      lock: true,
    });
    if (!oldest) return;
    if (!oldest.payload) throw new Error('a deferred application keeps its payload');
    const application = { event: oldest.payload, received_at: oldest.receivedAt.toISOString() };
    const [result] = await processInTransaction(database, transaction, [application], 'defer');
    if (result instanceof ConvError) throw result;
    if (result?.outcome.status !== 'REJECTED') return;
  }
}
