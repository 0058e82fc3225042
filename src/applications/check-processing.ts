import { assignPositions } from '../events/position';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { lockCandidates } from './lock-candidates';
import { findExistingOutcomes, insertConversations, recordOutcomes } from './process-steps';

/**
 * Runs the statements of the processing for no application, so that it changes nothing.
 * @throws ConvError of an outage: the database is unavailable, is a standby, or lacks a table, column or function
 */
export async function checkProcessing(database: Database): Promise<void> {
  await withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      await findExistingOutcomes(database, transaction, []);
      await lockCandidates(database, transaction, []);
      await insertConversations(database, transaction, []);
      await recordOutcomes(database, transaction, [], new Date(), new Map());
    }),
  );
  await assignPositions(database);
}
