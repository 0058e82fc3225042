import {
  OUTCOME_STATUSES,
  type ApplicationView,
  type OutcomeStatus,
  type RejectionReason,
} from '../lib/domain';
import { presentApplication, type ApplicationRecord } from '../lib/present';
import { idRule } from '../lib/text';
import { isCursorTime } from '../lists/cursor';
import type { ListFilters } from '../lists/keyset';
import { readPage, type List } from '../lists/list';
import type { Page, PageQuery } from '../lists/page';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

export interface ApplicationQuery extends PageQuery {
  status?: OutcomeStatus[] | undefined;
  reason?: RejectionReason[] | undefined;
  /** The whole error of FAILED applications; not together with `reason`. */
  failure?: string | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  /** Inclusive. */
  received_after?: Date | undefined;
  /** Exclusive. */
  received_before?: Date | undefined;
  /** Whether an operator dismissed the failure; without it both. */
  dismissed?: boolean | undefined;
}

export const APPLICATION_LIST: List<ApplicationRecord, ApplicationView> = {
  table: 'applications',
  columns: `id, job_id AS "jobId", candidate_id AS "candidateId", status, reason, conversation_id AS "conversationId",
    received_at::text AS "receivedAt", processed_at::text AS "processedAt"`,
  key: [
    ['received_at', 'timestamptz'],
    ['id', 'text'],
  ],
  present: presentApplication,
  position: ({ received_at, id }) => [received_at, id],
  isPosition: ([receivedAt = '', id, ...rest]) =>
    isCursorTime(receivedAt) && idRule(id) === null && rest.length === 0,
};

/** Each status is a query of its own, because the indexes contain it. One candidate has few rows, which are read together. */
export function applicationFilters(query: ApplicationQuery): ListFilters {
  const { status, reason, failure, candidate_id, job_id, received_after, received_before, dismissed } = query;
  return {
    equal: {
      status: status ?? (candidate_id === undefined ? OUTCOME_STATUSES : undefined),
      reason: failure === undefined ? reason : [failure],
      candidate_id,
      job_id,
    },
    from: received_after?.toISOString(),
    to: received_before?.toISOString(),
    ...(dismissed !== undefined && { empty: { dismissed_at: !dismissed } }),
  };
}

/**
 * Returns a page of applications with an outcome, by time of receipt.
 * @throws ConvError INVALID for a cursor that does not belong to this list with these filters
 */
export function listApplications(
  database: Database,
  query: ApplicationQuery,
): Promise<Page<ApplicationView>> {
  return withDatabaseErrors(() =>
    readPage(database.sequelize, APPLICATION_LIST, applicationFilters(query), query),
  );
}
