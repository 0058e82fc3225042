import { QueryTypes } from 'sequelize';
import { isPushingOn, READER } from '../../events/switch-pushing-on';
import type { Database } from '../../models/connect';
import { ok, warning, type Result } from './finding';

/** An event that waits for longer is worth a look. */
const BEHIND_MINUTES = 10;

interface Backlog {
  parked: number;
  pending: number;
  /** The error of the oldest failing event. */
  error: string | null;
  oldest_minutes: number | null;
}

const NO_BACKLOG: Backlog = { parked: 0, pending: 0, error: null, oldest_minutes: null };

const BACKLOG = `
WITH open AS (
  SELECT d.status, d.last_error, e.created_at, e.position
  FROM event_deliveries d JOIN events e ON e.id = d.event_id WHERE d.status <> 'DELIVERED'
  UNION ALL
  SELECT 'PENDING', NULL, created_at, position FROM events
  WHERE position > (SELECT position FROM event_readers WHERE name = :reader))
SELECT (count(*) FILTER (WHERE status = 'PARKED'))::int AS parked,
  (count(*) FILTER (WHERE status = 'PENDING'))::int AS pending,
  (SELECT last_error FROM open WHERE last_error IS NOT NULL ORDER BY position LIMIT 1) AS error,
  floor(extract(epoch FROM now() - min(created_at) FILTER (WHERE status = 'PENDING')) / 60)::int AS oldest_minutes
FROM open`;

/** Checks that events reach EVENTS_URL: none is parked, and none waits for long. */
export async function checkPushDeliveries(database: Database): Promise<Result> {
  if (!(await isPushingOn(database))) return ok('pushing was never switched on');
  const [row] = await database.sequelize.query<Backlog>(BACKLOG, {
    type: QueryTypes.SELECT,
    replacements: { reader: READER },
  });
  const { parked, pending, error, oldest_minutes } = row ?? NO_BACKLOG;
  const cause = error === null ? '' : `; the oldest error is: ${error}`;
  if (parked > 0)
    return warning(
      `${parked} events are parked, ${pending} are pending${cause}`,
      'repair the receiver, then run `conv events redeliver`',
    );
  if ((oldest_minutes ?? 0) >= BEHIND_MINUTES)
    return warning(
      `${pending} events are pending, the oldest for ${oldest_minutes ?? 0} minutes${cause}`,
      'run `conv events deliveries --status PENDING`',
    );
  return ok(`${pending} events are pending, none is parked`);
}
