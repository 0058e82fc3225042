import { Op, literal, type WhereOptions } from 'sequelize';
import type { ApplicationView, DecidedStatus } from '../domain';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import { idFault } from '../text';
import { parseInstant } from '../time';
import { decodeCursor } from './cursor';
import { between, filters, pageOf, type Order, type Page, type PageQuery } from './page';

export interface ApplicationQuery extends PageQuery {
  status?: DecidedStatus[] | undefined;
  reason?: string[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  received_after?: Date | undefined;
  received_before?: Date | undefined;
}

/** A row value, because PostgreSQL cannot seek an index by the same condition written with OR. */
const BEYOND: Readonly<Record<Order, WhereOptions>> = {
  asc: literal('(received_at, id) > (CAST(:receivedAt AS timestamptz), :id)'),
  desc: literal('(received_at, id) < (CAST(:receivedAt AS timestamptz), :id)'),
};

/** A moment as this list writes it, and an application's id. */
function isPlace([receivedAt = '', id, ...more]: string[]): boolean {
  const moment = parseInstant(receivedAt);
  return moment?.toISOString() === receivedAt && idFault(id) === null && more.length === 0;
}

/**
 * A page of decided applications by the moment they were received.
 * @throws ConvError INVALID for a cursor that is not of this list
 */
export function listApplications(
  database: Database,
  query: ApplicationQuery,
): Promise<Page<ApplicationView>> {
  const { order, limit, cursor, ...filterKey } = query;
  const key = { list: 'applications', order, ...filterKey };
  return withDomainErrors(async () => {
    const [receivedAt, id] = cursor === undefined ? [] : decodeCursor(cursor, key, isPlace);
    const chosen = filters({
      status: query.status,
      reason: query.reason,
      candidateId: query.candidate_id,
      jobId: query.job_id,
      receivedAt: between(query.received_after, query.received_before),
    });
    const rows = await database.applications.findAll({
      where: cursor === undefined ? chosen : { [Op.and]: [chosen, BEYOND[order]] },
      replacements: { receivedAt, id },
      order: [
        ['receivedAt', order],
        ['id', order],
      ],
      limit: limit + 1,
    });
    const keyOf = (row: Application) => [row.receivedAt.toISOString(), row.id];
    return pageOf(rows, limit, key, keyOf, (row) => row.toView());
  });
}
