import { OUTCOME_STATUSES, type ApplicationView, type OutcomeStatus } from '../lib/domain';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { queryPrepared, type Prepared } from '../models/prepared';
import { idRule } from '../lib/text';
import { isoFromPostgres } from '../lib/time';
import { decodeCursor, isCursorTime } from '../lists/cursor';
import { toPage, type Page, type PageQuery } from '../lists/page';
import { buildKeysetQuery, type KeysetList } from '../lists/keyset';

export interface ApplicationQuery extends PageQuery {
  status?: OutcomeStatus[] | undefined;
  reason?: string[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  received_after?: Date | undefined;
  received_before?: Date | undefined;
}

const LISTING: KeysetList = {
  table: 'applications',
  columns: 'id, job_id, candidate_id, status, reason, conversation_id, received_at::text, processed_at::text',
  key: [
    ['received_at', 'timestamptz'],
    ['id', 'text'],
  ],
};

/** A moment as this list writes it, and an application's id. */
function isPlace([receivedAt = '', id, ...more]: string[]): boolean {
  return isCursorTime(receivedAt) && idRule(id) === null && more.length === 0;
}

/** Every status is a seek of its own, also where any will do: only a candidate's few are read in one. */
function statusesOf({ status, candidate_id }: ApplicationQuery): readonly OutcomeStatus[] | undefined {
  return status ?? (candidate_id === undefined ? OUTCOME_STATUSES : undefined);
}

type Row = ApplicationView & { processed_at: string };

/** A row whose moments are text, which is how they are wanted. */
function viewOf(row: Row): ApplicationView {
  return {
    ...row,
    received_at: isoFromPostgres(row.received_at),
    processed_at: isoFromPostgres(row.processed_at),
  };
}

/** What a cursor belongs to. */
function keyOf(query: ApplicationQuery): object {
  const { order, status, reason, candidate_id, job_id, received_after, received_before } = query;
  return {
    list: 'applications',
    order,
    status,
    reason,
    candidate_id,
    job_id,
    received_after,
    received_before,
  };
}

/** How a page is sought. */
export function applicationPageQuery(query: ApplicationQuery): { statement: Prepared; values: string[] } {
  const { reason, candidate_id, job_id, received_after, received_before, cursor, order, limit } = query;
  return buildKeysetQuery(LISTING, {
    equal: { status: statusesOf(query), reason, candidate_id, job_id },
    bounds: [
      ['>', received_after?.toISOString()],
      ['<', received_before?.toISOString()],
    ],
    after: cursor === undefined ? undefined : decodeCursor(cursor, keyOf(query), isPlace),
    order,
    limit,
  });
}

/**
 * A page of decided applications by the moment they were received.
 * @throws ConvError INVALID for a cursor that is not of this list
 */
export function listApplications(
  database: Database,
  query: ApplicationQuery,
): Promise<Page<ApplicationView>> {
  return withDatabaseErrors(async () => {
    const { statement, values } = applicationPageQuery(query);
    const rows = await queryPrepared<Row>(database.sequelize, statement, values);
    return toPage(rows.map(viewOf), query.limit, keyOf(query), ({ received_at, id }) => [received_at, id]);
  });
}
