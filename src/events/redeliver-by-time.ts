import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { READER } from './switch-pushing-on';

/** A span of time, in which events were created. */
export interface EventSpan {
  /** Inclusive; null for no limit. */
  since: Date | null;
  /** Exclusive; null for no limit. */
  until: Date | null;
}

/** The events of a span that the relay has passed. */
export interface SpanOfEvents {
  count: number;
  /** How many of them were delivered already. */
  delivered: number;
  first: string;
  last: string;
}

const BATCH_SIZE = 500;

/** Later events are left to the relay, which pushes them anyway. */
const IN_SPAN = `created_at >= coalesce(:since, '-infinity'::timestamptz)
  AND created_at < coalesce(:until, 'infinity'::timestamptz)
  AND e.position <= (SELECT position FROM event_readers WHERE name = :reader)`;

const MEASURE = `
SELECT count(*)::int AS count, count(*) FILTER (WHERE d.status = 'DELIVERED')::int AS delivered,
  coalesce(min(e.position), 0) AS first, coalesce(max(e.position), 0) AS last
FROM events e LEFT JOIN event_deliveries d ON d.event_id = e.id WHERE ${IN_SPAN}`;

/** Counts the events of a span, for the question before they are sent again. */
export function measureSpan({ sequelize }: Database, span: EventSpan): Promise<SpanOfEvents> {
  return withDatabaseErrors(async () => {
    const [measured] = await sequelize.query<SpanOfEvents>(MEASURE, {
      type: QueryTypes.SELECT,
      replacements: { ...span, reader: READER },
    });
    return measured ?? { count: 0, delivered: 0, first: '0', last: '0' };
  });
}

const LIST_PAGE = `
SELECT id, e.position FROM events e
WHERE e.position BETWEEN :first AND :last AND ${IN_SPAN} ORDER BY e.position LIMIT :limit`;

/** A delivery that is pending stays as it is. */
const MAKE_PENDING = `
INSERT INTO event_deliveries (event_id, application_id, position)
SELECT id, application_id, position FROM events WHERE id = ANY (ARRAY[:ids]::uuid[])
ON CONFLICT (event_id) DO UPDATE SET status = 'PENDING', attempts = 0, last_error = NULL, first_attempt_at = NULL,
  delivered_at = NULL
WHERE event_deliveries.status <> 'PENDING'`;

/**
 * Makes every event of a span pending, whether it was never pushed, is parked or was delivered, and enqueues it.
 * @param enqueue ensures that these events have a job that will run
 */
export function redeliverSpan(
  { sequelize }: Database,
  span: EventSpan,
  { first, last }: SpanOfEvents,
  enqueue: (eventIds: string[]) => Promise<unknown>,
): Promise<void> {
  return withDatabaseErrors(async () => {
    for (let from = BigInt(first); ;) {
      const page = await sequelize.query<{ id: string; position: string }>(LIST_PAGE, {
        type: QueryTypes.SELECT,
        replacements: { ...span, reader: READER, first: String(from), last, limit: BATCH_SIZE },
      });
      const newest = page.at(-1);
      if (!newest) return;
      const ids = page.map(({ id }) => id);
      await sequelize.query(MAKE_PENDING, { replacements: { ids } });
      await enqueue(ids);
      from = BigInt(newest.position) + 1n;
    }
  });
}
