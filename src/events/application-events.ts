import { literal } from 'sequelize';
import type { FeedEvent } from '../lib/domain';
import { presentFeedEvent } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** Returns the events of an application and its conversation, oldest first, also those that have no position yet. */
export async function findApplicationEvents(database: Database, applicationId: string): Promise<FeedEvent[]> {
  const rows = await withDatabaseErrors(() =>
    database.events.findAll({ where: { applicationId }, order: [literal('sequence_number')] }),
  );
  return rows.map(presentFeedEvent);
}
