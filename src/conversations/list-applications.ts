import { DECIDED_STATUSES, type ApplicationView, type DecidedStatus } from '../domain';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import { queryPrepared, type Prepared } from '../models/prepared';
import { idFault } from '../text';
import { decodeCursor, isMoment } from './cursor';
import { pageOf, parsed, type Page, type PageQuery } from './page';
import { seekPage, type Listing } from './seek';

export interface ApplicationQuery extends PageQuery {
  status?: DecidedStatus[] | undefined;
  reason?: string[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  received_after?: Date | undefined;
  received_before?: Date | undefined;
}

const LISTING: Listing = {
  table: 'applications',
  json: 'application_json',
  key: [
    ['received_at', 'timestamptz'],
    ['id', 'text'],
  ],
};

/** A moment as this list writes it, and an application's id. */
function isPlace([receivedAt = '', id, ...more]: string[]): boolean {
  return isMoment(receivedAt) && idFault(id) === null && more.length === 0;
}

/** Every status is a seek of its own, also where any will do: only a candidate's few are read in one. */
function statusesOf({ status, candidate_id }: ApplicationQuery): readonly DecidedStatus[] | undefined {
  return status ?? (candidate_id === undefined ? DECIDED_STATUSES : undefined);
}

interface Row {
  json: string;
  received_at: Date;
  id: string;
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
export function applicationSeek(query: ApplicationQuery): { statement: Prepared; values: string[] } {
  const { reason, candidate_id, job_id, received_after, received_before, cursor, order, limit } = query;
  return seekPage(LISTING, {
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
 * @returns each application as JSON
 * @throws ConvError INVALID for a cursor that is not of this list
 */
export function applicationPage(database: Database, query: ApplicationQuery): Promise<Page<string>> {
  return withDomainErrors(async () => {
    const { statement, values } = applicationSeek(query);
    const rows = await queryPrepared<Row>(database.sequelize, statement, values);
    const placeOf = (row: Row) => [row.received_at.toISOString(), row.id];
    return pageOf(rows, query.limit, keyOf(query), placeOf, ({ json }) => json);
  });
}

/** As applicationPage, read. */
export async function listApplications(
  database: Database,
  query: ApplicationQuery,
): Promise<Page<ApplicationView>> {
  return parsed(await applicationPage(database, query));
}
