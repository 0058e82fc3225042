import { QueryTypes, type Transaction } from 'sequelize';
import type { FeedEvent } from '../lib/domain';
import { presentFeedEvent, type FeedEventRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** PARKED: given up after a day, until an operator sends it again. */
export const DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'PARKED'] as const;
export type DeliveryStatus = (typeof DELIVERY_STATUSES)[number];

/** One event on its way to EVENTS_URL. */
export interface PushDelivery {
  event: FeedEvent;
  application_id: string;
  position: string;
  status: DeliveryStatus;
  attempts: number;
  first_attempt_at: Date | null;
}

/** The only reader that the database remembers the place of. */
const READER = 'push';
const PORTION = 500;

const TAKE = `
INSERT INTO event_deliveries (event_id, application_id, position)
SELECT id, application_id, position FROM events
WHERE position > (SELECT position FROM event_readers WHERE name = :reader)
ORDER BY position LIMIT :portion
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id, position`;

async function lockPlace({ sequelize }: Database, transaction: Transaction): Promise<void> {
  const replacements = { reader: READER };
  const options = { replacements, transaction };
  await sequelize.query('INSERT INTO event_readers (name) VALUES (:reader) ON CONFLICT DO NOTHING', options);
  await sequelize.query('SELECT FROM event_readers WHERE name = :reader FOR UPDATE', options);
}

/**
 * Takes the next events of the feed to be pushed, in the feed's order. `hand` puts them into the queue before the place is
 * kept: were it the other way round, a process that dies in between would lose them.
 * @returns how many; as many as a portion means that there may be more
 */
export function enqueueNewEvents(
  database: Database,
  hand: (eventIds: string[]) => Promise<unknown>,
): Promise<{ more: boolean }> {
  return withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      await lockPlace(database, transaction);
      const rows = await database.sequelize.query<{ event_id: string; position: string }>(TAKE, {
        type: QueryTypes.SELECT,
        replacements: { reader: READER, portion: PORTION },
        transaction,
      });
      if (rows.length === 0) return { more: false };
      rows.sort((a, b) => Number(BigInt(a.position) - BigInt(b.position)));
      await hand(rows.map((row) => row.event_id));
      await database.sequelize.query('UPDATE event_readers SET position = :position WHERE name = :reader', {
        replacements: { reader: READER, position: rows.at(-1)?.position },
        transaction,
      });
      return { more: rows.length === PORTION };
    }),
  );
}

const FIND = `
SELECT e.id, e.type, e.created_at AS "createdAt", e.data, d.application_id, d.position, d.status, d.attempts, d.first_attempt_at
FROM event_deliveries d JOIN events e ON e.id = d.event_id WHERE d.event_id = :eventId`;

type Found = Omit<PushDelivery, 'event'> & FeedEventRecord;

/** The delivery of an event, or null while it is being taken. */
export function findDelivery({ sequelize }: Database, eventId: string): Promise<PushDelivery | null> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<Found>(FIND, { type: QueryTypes.SELECT, replacements: { eventId } });
    if (!row) return null;
    const { id, type, createdAt, data, ...delivery } = row;
    return { event: presentFeedEvent({ id, type, createdAt, data }), ...delivery };
  });
}

/**
 * How the oldest event of the same application stands that is still to be delivered before this one: it goes first. Null where
 * it is this one's turn.
 */
export function findPredecessor(
  { sequelize }: Database,
  { application_id, position }: PushDelivery,
): Promise<DeliveryStatus | null> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<{ status: DeliveryStatus }>(
      `SELECT status FROM event_deliveries
       WHERE application_id = :application_id AND position < :position AND status <> 'DELIVERED'
       ORDER BY position LIMIT 1`,
      { type: QueryTypes.SELECT, replacements: { application_id, position } },
    );
    return row?.status ?? null;
  });
}

/** Records a success and tells the next event of the same application, which has waited for it. */
export function markDelivered({ sequelize }: Database, delivery: PushDelivery): Promise<string | null> {
  return withDatabaseErrors(async () => {
    const replacements = { ...delivery, event: delivery.event.id };
    await sequelize.query(
      `UPDATE event_deliveries SET status = 'DELIVERED', attempts = attempts + 1, last_error = NULL, delivered_at = now(),
         first_attempt_at = coalesce(first_attempt_at, now()) WHERE event_id = :event`,
      { replacements },
    );
    const [next] = await sequelize.query<{ event_id: string }>(
      `SELECT event_id FROM event_deliveries
       WHERE application_id = :application_id AND position > :position AND status = 'PENDING' ORDER BY position LIMIT 1`,
      { type: QueryTypes.SELECT, replacements },
    );
    return next?.event_id ?? null;
  });
}

/**
 * Records an attempt that failed; `status` PARKED gives up. What another worker, which took us for dead, delivered meanwhile
 * stays delivered.
 */
export function markFailed(
  { sequelize }: Database,
  delivery: PushDelivery,
  error: string,
  status: 'PENDING' | 'PARKED',
): Promise<void> {
  return withDatabaseErrors(async () => {
    await sequelize.query(
      `UPDATE event_deliveries SET status = :status, attempts = attempts + 1, last_error = :error,
         first_attempt_at = coalesce(first_attempt_at, now()) WHERE event_id = :event AND status <> 'DELIVERED'`,
      { replacements: { status, error, event: delivery.event.id } },
    );
  });
}

/** Parks an event untried, because one before it is parked. */
export function parkBehind({ sequelize }: Database, delivery: PushDelivery, error: string): Promise<void> {
  return withDatabaseErrors(async () => {
    await sequelize.query(
      `UPDATE event_deliveries SET status = 'PARKED', last_error = :error
       WHERE event_id = :event AND status = 'PENDING'`,
      { replacements: { error, event: delivery.event.id } },
    );
  });
}

/** Where a page of pending deliveries ended. */
export interface PendingDelivery {
  event_id: string;
  application_id: string;
  position: string;
}

const PENDING = `
SELECT event_id, application_id, position FROM event_deliveries
WHERE status <> 'DELIVERED' AND status = 'PENDING' AND (application_id, position) > (:application_id, :position)
ORDER BY application_id, position LIMIT :portion`;

/** The next of all events that are to be pushed, in the order of the index on what is open. */
export function pendingDeliveries(
  { sequelize }: Database,
  after: PendingDelivery | null,
): Promise<PendingDelivery[]> {
  const { application_id, position } = after ?? { application_id: '', position: '0' };
  return withDatabaseErrors(() =>
    sequelize.query<PendingDelivery>(PENDING, {
      type: QueryTypes.SELECT,
      replacements: { application_id, position, portion: PORTION },
    }),
  );
}
