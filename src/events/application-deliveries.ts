import { QueryTypes } from 'sequelize';
import { toIso } from '../lib/time';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { PushDeliveryView } from './list-push-deliveries';

interface Row extends Omit<PushDeliveryView, 'first_attempt_at' | 'delivered_at'> {
  first_attempt_at: Date | null;
  delivered_at: Date | null;
}

const FIND = `
SELECT e.id, e.type, d.application_id, d.status, d.attempts, d.last_error, d.first_attempt_at, d.delivered_at
FROM events e JOIN event_deliveries d ON d.event_id = e.id
WHERE e.application_id = $applicationId ORDER BY d.position`;

/** Returns the push deliveries of an application's events and its conversation's, oldest first. */
export function findApplicationDeliveries(
  { sequelize }: Database,
  applicationId: string,
): Promise<PushDeliveryView[]> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<Row>(FIND, { type: QueryTypes.SELECT, bind: { applicationId } });
    return rows.map((row) => ({
      ...row,
      first_attempt_at: row.first_attempt_at && toIso(row.first_attempt_at),
      delivered_at: row.delivered_at && toIso(row.delivered_at),
    }));
  });
}
