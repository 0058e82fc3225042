import { Op } from 'sequelize';
import type { ConversationStatus, ConversationView } from '../domain';
import { isUuid } from '../ids';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import { decodeCursor } from './cursor';
import { noConversation } from './move';
import { between, filters, pageOf, type Page, type PageQuery } from './page';

export interface ConversationQuery extends PageQuery {
  status?: ConversationStatus[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  created_after?: Date | undefined;
  created_before?: Date | undefined;
}

const isPlace = ([id = '', ...more]: string[]) => isUuid(id) && more.length === 0;

/**
 * A page of conversations by id, which is by creation. What is created meanwhile has a greater id, so it neither shifts nor
 * doubles a row that is being paged through.
 * @throws ConvError INVALID for a cursor that is not of this list
 */
export function listConversations(
  database: Database,
  query: ConversationQuery,
): Promise<Page<ConversationView>> {
  const { order, limit, cursor, ...filterKey } = query;
  const key = { list: 'conversations', order, ...filterKey };
  return withDomainErrors(async () => {
    const [after] = cursor === undefined ? [] : decodeCursor(cursor, key, isPlace);
    const rows = await database.conversations.findAll({
      where: filters({
        status: query.status,
        candidateId: query.candidate_id,
        jobId: query.job_id,
        createdAt: between(query.created_after, query.created_before),
        id: after === undefined ? undefined : { [order === 'asc' ? Op.gt : Op.lt]: after },
      }),
      order: [['id', order]],
      limit: limit + 1,
    });
    return pageOf(
      rows,
      limit,
      key,
      (row) => [row.id],
      (row) => row.toView(),
    );
  });
}

/**
 * One conversation.
 * @throws ConvError NOT_FOUND
 */
export function getConversation(database: Database, id: string): Promise<ConversationView> {
  return withDomainErrors(async () => {
    const conversation = isUuid(id) ? await database.conversations.findByPk(id) : null;
    if (!conversation) throw noConversation(id);
    return conversation.toView();
  });
}
