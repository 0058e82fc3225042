import { QueryTypes } from 'sequelize';
import type { PushDeliveryStatus } from '../lib/domain';
import { toIso } from '../lib/time';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** A push delivery as operators see it; `id` and `type` are the event's. */
export interface PushDeliveryView {
  id: string;
  type: string;
  application_id: string;
  status: PushDeliveryStatus;
  attempts: number;
  last_error: string | null;
  first_attempt_at: string | null;
  delivered_at: string | null;
}

/** A delivery as the database returns it. */
export interface DeliveryRow extends Omit<PushDeliveryView, 'first_attempt_at' | 'delivered_at'> {
  first_attempt_at: Date | null;
  delivered_at: Date | null;
}

/** Of events `e` and event_deliveries `d`. */
export const DELIVERY_COLUMNS = `
  e.id, e.type, d.application_id, d.status, d.attempts, d.last_error, d.first_attempt_at, d.delivered_at`;

export function presentDelivery(row: DeliveryRow): PushDeliveryView {
  return {
    ...row,
    first_attempt_at: row.first_attempt_at && toIso(row.first_attempt_at),
    delivered_at: row.delivered_at && toIso(row.delivered_at),
  };
}

const IS_FAILING = `status <> 'DELIVERED' AND last_error IS NOT NULL`;

/** Two queries, because each is quick with an index: failing deliveries are few, and of all others only the newest are read. */
const LIST = `
WITH last AS (
  SELECT position, ${IS_FAILING} AS is_failing FROM event_deliveries WHERE event_id = CAST(:after AS uuid)),
failing AS (
  SELECT * FROM event_deliveries WHERE ${IS_FAILING} AND status IN (:status) AND (CAST(:after AS uuid) IS NULL
    OR (SELECT is_failing FROM last) AND position > (SELECT position FROM last))
  ORDER BY position LIMIT :limit),
others AS (
  SELECT * FROM event_deliveries WHERE NOT (${IS_FAILING}) AND status IN (:status) AND (CAST(:after AS uuid) IS NULL
    OR (SELECT is_failing FROM last) OR position < (SELECT position FROM last))
  ORDER BY position DESC LIMIT :limit),
listed AS (
  SELECT *, row_number() OVER (ORDER BY position) AS n FROM failing
  UNION ALL SELECT *, :limit + row_number() OVER (ORDER BY position DESC) FROM others)
SELECT ${DELIVERY_COLUMNS}
FROM listed d JOIN events e ON e.id = d.event_id ORDER BY d.n LIMIT :limit`;

/**
 * Lists the push deliveries with one of these statuses: those that fail first, from the oldest on, then the others, newest first.
 * @param query `after`: the event after which the page starts, the last one of the previous page
 */
export function listPushDeliveries(
  { sequelize }: Database,
  {
    status,
    limit,
    after,
  }: { status: readonly PushDeliveryStatus[]; limit: number; after?: string | undefined },
): Promise<PushDeliveryView[]> {
  return withDatabaseErrors(async () => {
    const replacements = { status, limit, after: after ?? null };
    const rows = await sequelize.query<DeliveryRow>(LIST, { type: QueryTypes.SELECT, replacements });
    return rows.map(presentDelivery);
  });
}

const LIST_PARKED = `SELECT event_id FROM event_deliveries WHERE status = 'PARKED' ORDER BY position`;

/** Lists the ids of all parked events, oldest first. */
export function listParkedEventIds({ sequelize }: Database): Promise<string[]> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<{ event_id: string }>(LIST_PARKED, { type: QueryTypes.SELECT });
    return rows.map((row) => row.event_id);
  });
}

/** Resets the chosen parked deliveries, and with :pending also those that were attempted and are still pending. */
const RESET = `
UPDATE event_deliveries SET status = 'PENDING', attempts = 0, first_attempt_at = NULL
WHERE (status = 'PARKED' AND event_id = ANY (ARRAY[:eventIds]::uuid[]))
  OR (:pending AND status = 'PENDING' AND first_attempt_at IS NOT NULL)`;

/**
 * Makes parked events pending again, with a new day to be delivered.
 * @param pending also gives pending events a new day, because pushing was paused for part of theirs
 */
export function resetPushDeliveries(
  { sequelize }: Database,
  eventIds: readonly string[],
  { pending }: { pending: boolean },
): Promise<void> {
  return withDatabaseErrors(async () => {
    await sequelize.query(RESET, { replacements: { eventIds, pending } });
  });
}
