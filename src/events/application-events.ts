import { literal } from 'sequelize';
import type { FeedEvent } from '../lib/domain';
import { presentFeedEvent } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** Returns the events of an application and of its conversation, oldest first. */
export function listApplicationEvents({ events }: Database, applicationId: string): Promise<FeedEvent[]> {
  return withDatabaseErrors(async () => {
    const found = await events.findAll({ where: { applicationId }, order: [literal('sequence_number')] });
    return found.map(presentFeedEvent);
  });
}
