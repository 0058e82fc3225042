import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { PushDeliveryStatus } from './push-deliveries';

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

interface Row extends Omit<PushDeliveryView, 'first_attempt_at' | 'delivered_at'> {
  first_attempt_at: Date | null;
  delivered_at: Date | null;
}

const LIST = `
SELECT e.id, e.type, d.application_id, d.status, d.attempts, d.last_error, d.first_attempt_at, d.delivered_at
FROM event_deliveries d JOIN events e ON e.id = d.event_id
WHERE d.status IN (:status)
  AND (:before::uuid IS NULL OR d.position < (SELECT position FROM event_deliveries WHERE event_id = :before::uuid))
ORDER BY d.position DESC LIMIT :limit`;

/**
 * Lists the push deliveries with one of these statuses, newest first.
 * @param query `before`: the event after which the page starts, the last one of the previous page
 */
export function listPushDeliveries(
  { sequelize }: Database,
  {
    status,
    limit,
    before,
  }: { status: readonly PushDeliveryStatus[]; limit: number; before?: string | undefined },
): Promise<PushDeliveryView[]> {
  return withDatabaseErrors(async () => {
    const replacements = { status, limit, before: before ?? null };
    const rows = await sequelize.query<Row>(LIST, { type: QueryTypes.SELECT, replacements });
    return rows.map((row) => ({
      ...row,
      first_attempt_at: row.first_attempt_at?.toISOString() ?? null,
      delivered_at: row.delivered_at?.toISOString() ?? null,
    }));
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
