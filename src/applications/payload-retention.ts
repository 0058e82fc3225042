import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** Statuses whose payloads are removed; of FAILED applications only those that an operator dismissed. */
export const SETTLED_STATUSES = ['ACCEPTED', 'REJECTED', 'FAILED'] as const;

/** Where the next batch starts: the last application of the one before. */
export interface RetentionCursor {
  received_at: string;
  id: string;
}

export const FROM_THE_OLDEST: RetentionCursor = { received_at: '-infinity', id: '' };

/** Reads the index applications_by_status. Rows that another worker has locked are left to it. */
const CLEAR = `
WITH batch AS (
  SELECT id, received_at, payload IS NOT NULL AND (status <> 'FAILED' OR dismissed_at IS NOT NULL) AS is_due
  FROM applications
  WHERE status = :status AND (received_at, id) > (:received_at, :id)
    AND received_at < now() - make_interval(days => :keepDays)
  ORDER BY received_at, id LIMIT :limit FOR UPDATE SKIP LOCKED),
cleared AS (UPDATE applications SET payload = NULL WHERE id IN (SELECT id FROM batch WHERE is_due) RETURNING id)
SELECT received_at::text, id, (SELECT count(*)::int FROM cleared) AS cleared
FROM batch ORDER BY batch.received_at DESC, id DESC LIMIT 1`;

/**
 * Removes the payloads of settled applications that were received more than `keepDays` ago, in one batch. Their rows stay: each
 * application id has one outcome for ever.
 * @returns how many payloads were removed, and where the next batch starts; null after the last one
 */
export function clearPayloads(
  { sequelize }: Database,
  keepDays: number,
  status: (typeof SETTLED_STATUSES)[number],
  after: RetentionCursor,
  limit = 1000,
): Promise<{ cleared: number; next: RetentionCursor | null }> {
  return withDatabaseErrors(async () => {
    const [last] = await sequelize.query<RetentionCursor & { cleared: number }>(CLEAR, {
      type: QueryTypes.SELECT,
      replacements: { ...after, keepDays, status, limit },
    });
    return last ? { cleared: last.cleared, next: last } : { cleared: 0, next: null };
  });
}
