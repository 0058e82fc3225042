import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { READER } from './switch-pushing-on';

/** The events that are on their way to EVENTS_URL, or were given up. */
export interface PushBacklog {
  /** Whether pushing was ever switched on. */
  switched_on: boolean;
  parked: number;
  pending: number;
  /** The error of the oldest failing event. */
  error: string | null;
  /** Since the oldest pending event was written; null without any. */
  oldest_seconds: number | null;
}

const READ_BACKLOG = `
WITH open AS (
  SELECT d.status, d.last_error, e.created_at, e.position
  FROM event_deliveries d JOIN events e ON e.id = d.event_id WHERE d.status <> 'DELIVERED'
  UNION ALL
  SELECT 'PENDING', NULL, created_at, position FROM events
  WHERE position > (SELECT position FROM event_readers WHERE name = :reader))
SELECT EXISTS (SELECT FROM event_readers WHERE name = :reader) AS switched_on,
  (count(*) FILTER (WHERE status = 'PARKED'))::int AS parked,
  (count(*) FILTER (WHERE status = 'PENDING'))::int AS pending,
  (SELECT last_error FROM open WHERE last_error IS NOT NULL ORDER BY position LIMIT 1) AS error,
  CASE WHEN count(*) FILTER (WHERE status = 'PENDING') > 0 THEN
    greatest(0, extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'PENDING')))::float END AS oldest_seconds
FROM open`;

/** Returns the backlog of pushes; empty while pushing was never switched on. */
export function readPushBacklog({ sequelize }: Database): Promise<PushBacklog> {
  return withDatabaseErrors(async () => {
    const options = { type: QueryTypes.SELECT, replacements: { reader: READER } } as const;
    const [backlog] = await sequelize.query<PushBacklog>(READ_BACKLOG, options);
    if (!backlog) throw new Error('the query returns one row');
    return backlog;
  });
}
