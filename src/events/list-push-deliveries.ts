import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { DeliveryStatus } from './push-deliveries';

/** How a push stands, for operators. */
export interface DeliveryView {
  id: string;
  type: string;
  application_id: string;
  status: DeliveryStatus;
  attempts: number;
  last_error: string | null;
  first_attempt_at: string | null;
  delivered_at: string | null;
}

interface Row extends Omit<DeliveryView, 'first_attempt_at' | 'delivered_at'> {
  first_attempt_at: Date | null;
  delivered_at: Date | null;
}

const LIST = `
SELECT e.id, e.type, d.application_id, d.status, d.attempts, d.last_error, d.first_attempt_at, d.delivered_at
FROM event_deliveries d JOIN events e ON e.id = d.event_id
WHERE d.status IN (:status) ORDER BY d.position DESC LIMIT :limit`;

/** The newest pushes in these states. */
export function listDeliveries(
  { sequelize }: Database,
  query: { status: readonly DeliveryStatus[]; limit: number },
): Promise<DeliveryView[]> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<Row>(LIST, { type: QueryTypes.SELECT, replacements: { ...query } });
    return rows.map((row) => ({
      ...row,
      first_attempt_at: row.first_attempt_at?.toISOString() ?? null,
      delivered_at: row.delivered_at?.toISOString() ?? null,
    }));
  });
}

/** The ids of all that was given up, oldest first. */
export function findParkedDeliveries({ sequelize }: Database): Promise<string[]> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<{ event_id: string }>(
      `SELECT event_id FROM event_deliveries WHERE status = 'PARKED' ORDER BY position`,
      { type: QueryTypes.SELECT },
    );
    return rows.map((row) => row.event_id);
  });
}

/**
 * Gives parked events another day. Those that were delivered stay so.
 * @param pending also those that were never given up, because pushing as such had stopped
 */
export function resetDeliveries(
  { sequelize }: Database,
  eventIds: readonly string[],
  { pending }: { pending: boolean },
): Promise<void> {
  return withDatabaseErrors(async () => {
    await sequelize.query(
      `UPDATE event_deliveries SET status = 'PENDING', attempts = 0, first_attempt_at = NULL
       WHERE (status = 'PARKED' AND event_id = ANY (ARRAY[:eventIds]::uuid[]))
         OR (:pending AND status = 'PENDING' AND first_attempt_at IS NOT NULL)`,
      { replacements: { eventIds, pending } },
    );
  });
}
