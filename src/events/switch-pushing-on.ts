import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { assignAllPositions } from './position';

/** The row of event_readers that holds how far the feed was enqueued. It exists since pushing was first switched on. */
export const READER = 'push';

/** Where pushing starts. */
export interface PushStart {
  /** Whether pushing is switched on for the first time. */
  isFirst: boolean;
  /** The newest event that is not pushed or was enqueued already; null if there is none. */
  after: { id: string; created_at: string } | null;
}

const INSERT_READER = `
INSERT INTO event_readers (name, position) VALUES (:reader, :newest) ON CONFLICT DO NOTHING RETURNING name`;

const IS_ON = 'SELECT FROM event_readers WHERE name = :reader';

const FIND_START = `
SELECT id, created_at FROM events WHERE position = (SELECT position FROM event_readers WHERE name = :reader)`;

/** Returns whether pushing was ever switched on. */
export function isPushingOn({ sequelize }: Database): Promise<boolean> {
  return withDatabaseErrors(async () => {
    const options = { type: QueryTypes.SELECT, replacements: { reader: READER } } as const;
    return (await sequelize.query(IS_ON, options)).length > 0;
  });
}

/**
 * Stores where pushing starts when it is switched on for the first time: with the events after this moment. Later calls change
 * nothing, so another EVENTS_URL gets the events that come after those of the old one.
 */
export function switchPushingOn(database: Database): Promise<PushStart> {
  const { sequelize } = database;
  return withDatabaseErrors(async () => {
    const newest = await assignAllPositions(database);
    const options = { type: QueryTypes.SELECT, replacements: { reader: READER, newest } } as const;
    const inserted = await sequelize.query(INSERT_READER, options);
    const [start] = await sequelize.query<{ id: string; created_at: Date }>(FIND_START, options);
    const after = start ? { id: start.id, created_at: start.created_at.toISOString() } : null;
    return { isFirst: inserted.length > 0, after };
  });
}
