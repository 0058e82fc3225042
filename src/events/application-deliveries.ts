import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import {
  DELIVERY_COLUMNS,
  presentDelivery,
  type DeliveryRow,
  type PushDeliveryView,
} from './list-push-deliveries';
import { isPushingOn } from './switch-pushing-on';

const FIND = `
SELECT ${DELIVERY_COLUMNS}
FROM events e JOIN event_deliveries d ON d.event_id = e.id
WHERE e.application_id = $applicationId ORDER BY d.position`;

/** The push of one event. */
export interface DueDelivery extends PushDeliveryView {
  /** Null if the push is waiting for a worker, if it is not pending, and if Redis cannot be reached. */
  next_attempt_at: string | null;
}

/**
 * Returns the pushes of an application's events, oldest first; null if pushing was never switched on.
 * @param findDueTimes returns when the pushes of these events are due, which the queue knows
 */
export async function findDueDeliveries(
  database: Database,
  applicationId: string,
  findDueTimes: (eventIds: readonly string[]) => Promise<ReadonlyMap<string, Date>>,
): Promise<DueDelivery[] | null> {
  if (!(await isPushingOn(database))) return null;
  const deliveries = await findApplicationDeliveries(database, applicationId);
  const pending = deliveries.filter(({ status }) => status === 'PENDING').map(({ id }) => id);
  const dueTimes = pending.length > 0 ? await findDueTimes(pending) : new Map<string, Date>();
  return deliveries.map((delivery) => ({
    ...delivery,
    next_attempt_at: dueTimes.get(delivery.id)?.toISOString() ?? null,
  }));
}

/** Returns the push deliveries of an application's events and its conversation's, oldest first. */
function findApplicationDeliveries(
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
