import { QueryTypes, type Transaction } from 'sequelize';
import type { FeedEvent, PushDeliveryStatus } from '../lib/domain';
import { presentFeedEvent, type FeedEventRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { TraceContext } from '../tracing/tracing';
import { READER } from './switch-pushing-on';

/** One event on its way to EVENTS_URL. */
export interface PushDelivery {
  event: FeedEvent;
  application_id: string;
  position: string;
  status: PushDeliveryStatus;
  attempts: number;
  first_attempt_at: Date | null;
  /** The trace in which the event was written; null where traces were off. */
  trace: TraceContext | null;
}

const BATCH_SIZE = 500;

/** Inserts a delivery for each of the next events of the feed. */
const INSERT_NEXT = `
INSERT INTO event_deliveries (event_id, application_id, position)
SELECT id, application_id, position FROM events
WHERE position > (SELECT position FROM event_readers WHERE name = :reader)
ORDER BY position LIMIT :limit
ON CONFLICT (event_id) DO NOTHING
RETURNING event_id, position`;

const LOCK_READER = 'SELECT FROM event_readers WHERE name = :reader FOR UPDATE';
const ADVANCE_READER = 'UPDATE event_readers SET position = :position WHERE name = :reader';

/** Locks the reader's position, so that one relay works at a time. */
async function lockReader({ sequelize }: Database, transaction: Transaction): Promise<void> {
  await sequelize.query(LOCK_READER, { replacements: { reader: READER }, transaction });
}

/**
 * Inserts deliveries for the next events of the feed and enqueues them in its order; none before pushing is switched on. They are
 * enqueued before the commit, so a process that is killed in between enqueues them twice and loses none.
 * @param enqueue adds jobs for these events to the push queue; a job that exists stays as it is
 * @returns whether there may be more events
 */
export function enqueueNewEvents(
  database: Database,
  enqueue: (eventIds: string[]) => Promise<unknown>,
): Promise<{ more: boolean }> {
  const { sequelize } = database;
  return withDatabaseErrors(() =>
    sequelize.transaction(async (transaction) => {
      await lockReader(database, transaction);
      const rows = await sequelize.query<{ event_id: string; position: string }>(INSERT_NEXT, {
        type: QueryTypes.SELECT,
        replacements: { reader: READER, limit: BATCH_SIZE },
        transaction,
      });
      if (rows.length === 0) return { more: false };
      rows.sort((a, b) => Number(BigInt(a.position) - BigInt(b.position)));
      await enqueue(rows.map((row) => row.event_id));
      const replacements = { reader: READER, position: rows.at(-1)?.position };
      await sequelize.query(ADVANCE_READER, { replacements, transaction });
      return { more: rows.length === BATCH_SIZE };
    }),
  );
}

const FIND = `
SELECT e.id, e.type, e.created_at AS "createdAt", e.data, e.trace,
  d.application_id, d.position, d.status, d.attempts, d.first_attempt_at
FROM event_deliveries d JOIN events e ON e.id = d.event_id WHERE d.event_id = :eventId`;

type DeliveryRow = Omit<PushDelivery, 'event'> & FeedEventRecord;

/** Returns the delivery of an event, or null when the transaction that inserts it has not committed yet. */
export function findPushDelivery({ sequelize }: Database, eventId: string): Promise<PushDelivery | null> {
  return withDatabaseErrors(async () => {
    const options = { type: QueryTypes.SELECT, replacements: { eventId } } as const;
    const [row] = await sequelize.query<DeliveryRow>(FIND, options);
    if (!row) return null;
    const { id, type, createdAt, data, ...delivery } = row;
    return { event: presentFeedEvent({ id, type, createdAt, data }), ...delivery };
  });
}

const FIND_PREDECESSOR = `
SELECT status FROM event_deliveries
WHERE application_id = :application_id AND position < :position AND status <> 'DELIVERED'
ORDER BY position LIMIT 1`;

/**
 * Returns the status of the oldest undelivered event of the same application that comes before this one, or null when there is
 * none and this one may be pushed.
 */
export function findPredecessorStatus(
  { sequelize }: Database,
  { application_id, position }: PushDelivery,
): Promise<PushDeliveryStatus | null> {
  return withDatabaseErrors(async () => {
    const options = { type: QueryTypes.SELECT, replacements: { application_id, position } } as const;
    const [row] = await sequelize.query<{ status: PushDeliveryStatus }>(FIND_PREDECESSOR, options);
    return row?.status ?? null;
  });
}

const MARK_DELIVERED = `
UPDATE event_deliveries SET status = 'DELIVERED', attempts = attempts + 1, last_error = NULL, delivered_at = now(),
  first_attempt_at = coalesce(first_attempt_at, now())
WHERE event_id = :eventId`;

const FIND_NEXT = `
SELECT event_id FROM event_deliveries
WHERE application_id = :application_id AND position > :position AND status = 'PENDING'
ORDER BY position LIMIT 1`;

/**
 * Records that an event was delivered.
 * @returns the id of the next event of the same application, which waited for this one; null when there is none
 */
export function markDelivered({ sequelize }: Database, delivery: PushDelivery): Promise<string | null> {
  const { application_id, position, event } = delivery;
  return withDatabaseErrors(async () => {
    await sequelize.query(MARK_DELIVERED, { replacements: { eventId: event.id } });
    const options = { type: QueryTypes.SELECT, replacements: { application_id, position } } as const;
    const [next] = await sequelize.query<{ event_id: string }>(FIND_NEXT, options);
    return next?.event_id ?? null;
  });
}

/** A worker whose lock expired may still fail an event that another one has delivered: that one stays DELIVERED. */
const MARK_FAILED = `
UPDATE event_deliveries SET status = :status, attempts = attempts + 1, last_error = :error,
  first_attempt_at = coalesce(first_attempt_at, now())
WHERE event_id = :eventId AND status <> 'DELIVERED'`;

/**
 * Records an attempt that failed.
 * @param status PARKED to give up
 */
export function markFailed(
  { sequelize }: Database,
  delivery: PushDelivery,
  error: string,
  status: 'PENDING' | 'PARKED',
): Promise<void> {
  const replacements = { status, error, eventId: delivery.event.id };
  return withDatabaseErrors(async () => {
    await sequelize.query(MARK_FAILED, { replacements });
  });
}

const MARK_PARKED = `
UPDATE event_deliveries SET status = 'PARKED', last_error = :error WHERE event_id = :eventId AND status = 'PENDING'`;

/** Parks an event that was not attempted, because an older one of the same application is parked. */
export function markParked({ sequelize }: Database, delivery: PushDelivery, error: string): Promise<void> {
  const replacements = { error, eventId: delivery.event.id };
  return withDatabaseErrors(async () => {
    await sequelize.query(MARK_PARKED, { replacements });
  });
}

/** A pending delivery; the last one of a page is the cursor of the next. */
export interface PendingPushDelivery {
  event_id: string;
  application_id: string;
  position: string;
}

/** In the order of the partial index on undelivered rows; its condition is repeated so that the planner uses it. */
const LIST_PENDING = `
SELECT event_id, application_id, position FROM event_deliveries
WHERE status <> 'DELIVERED' AND status = 'PENDING' AND (application_id, position) > (:application_id, :position)
ORDER BY application_id, position LIMIT :limit`;

/** Lists a page of the pending deliveries, ordered by application. */
export function listPendingPushDeliveries(
  { sequelize }: Database,
  after: PendingPushDelivery | null,
): Promise<PendingPushDelivery[]> {
  const { application_id, position } = after ?? { application_id: '', position: '0' };
  const replacements = { application_id, position, limit: BATCH_SIZE };
  return withDatabaseErrors(() =>
    sequelize.query<PendingPushDelivery>(LIST_PENDING, { type: QueryTypes.SELECT, replacements }),
  );
}
