import { QueryTypes, type Transaction } from 'sequelize';
import type { ApplicationView, ConversationView, FeedEventType } from '../lib/domain';
import { newId } from '../lib/ids';
import type { Database } from '../models/connect';
import type { TraceContext } from '../tracing/tracing';

/** An event of the feed before it has an id: the conversation or application as it is now. */
export interface NewFeedEvent {
  type: FeedEventType;
  data: ApplicationView | ConversationView;
  /** The trace that its push continues; by default the current one. */
  trace?: TraceContext | undefined;
}

/** Without a position: src/events/position.ts assigns it after the commit. */
const APPEND_EVENTS = `
INSERT INTO events (id, type, application_id, data, created_at, trace)
SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::json[], $5::timestamptz[], $6::json[])`;

/**
 * Writes events to the outbox, in their order, in the transaction that makes them true: a reader never sees an event of something
 * that was rolled back, and nothing is committed without its event. Readers are notified after the commit.
 */
export async function appendEvents(
  { sequelize, notifyEvents, tracing }: Database,
  transaction: Transaction,
  events: readonly NewFeedEvent[],
): Promise<void> {
  if (events.length === 0) return;
  const ids = events.map(() => newId());
  const current = tracing?.context() ?? null;
  const bind = [
    ids.map(({ id }) => id),
    events.map(({ type }) => type),
    events.map(({ data }) => ('application_id' in data ? data.application_id : data.id)),
    events.map(({ data }) => JSON.stringify(data)),
    ids.map(({ createdAt }) => createdAt.toISOString()),
    current && events.map(({ trace = current }) => JSON.stringify(trace)),
  ];
  transaction.afterCommit(notifyEvents);
  await sequelize.query(APPEND_EVENTS, { type: QueryTypes.SELECT, bind, transaction });
}
