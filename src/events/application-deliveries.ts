import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import {
  DELIVERY_COLUMNS,
  presentDelivery,
  type DeliveryRow,
  type PushDeliveryView,
} from './list-push-deliveries';

const FIND = `
SELECT ${DELIVERY_COLUMNS}
FROM events e JOIN event_deliveries d ON d.event_id = e.id
WHERE e.application_id = $applicationId ORDER BY d.position`;

/** Returns the push deliveries of an application's events and its conversation's, oldest first. */
export function findApplicationDeliveries(
  { sequelize }: Database,
  applicationId: string,
): Promise<PushDeliveryView[]> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<DeliveryRow>(FIND, {
      type: QueryTypes.SELECT,
      bind: { applicationId },
    });
    return rows.map(presentDelivery);
  });
}
