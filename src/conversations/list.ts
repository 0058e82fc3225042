import { CONVERSATION_STATUSES, type ConversationStatus, type ConversationView } from '../lib/domain';
import { isUuid } from '../lib/ids';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { queryPrepared, type Prepared } from '../models/prepared';
import { isoFromPostgres } from '../lib/time';
import { decodeCursor, isCursorTime } from '../lists/cursor';
import { noConversation } from './move';
import { toPage, type Page, type PageQuery } from '../lists/page';
import { buildKeysetQuery, type KeysetList } from '../lists/keyset';

export interface ConversationQuery extends PageQuery {
  status?: ConversationStatus[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  created_after?: Date | undefined;
  created_before?: Date | undefined;
}

const COLUMNS = 'id, application_id, candidate_id, job_id, status, created_at::text, updated_at::text';

/** How conversations are sought and shown. */
export const LISTING: KeysetList = {
  table: 'conversations',
  columns: COLUMNS,
  key: [
    ['created_at', 'timestamptz'],
    ['id', 'uuid'],
  ],
};

/** A moment as this list writes it, and a conversation's id. */
function isPlace([createdAt = '', id = '', ...more]: string[]): boolean {
  return isCursorTime(createdAt) && isUuid(id) && more.length === 0;
}

/** The row itself, its moments as the API writes them. */
function viewOf(row: ConversationView): ConversationView {
  row.created_at = isoFromPostgres(row.created_at);
  row.updated_at = isoFromPostgres(row.updated_at);
  return row;
}

/** Every status is a seek of its own, also where any will do: only a candidate's few are read in one. */
function statusesOf({ status, candidate_id }: ConversationQuery): readonly ConversationStatus[] | undefined {
  return status ?? (candidate_id === undefined ? CONVERSATION_STATUSES : undefined);
}

/** What a cursor belongs to. */
function keyOf({
  order,
  status,
  candidate_id,
  job_id,
  created_after,
  created_before,
}: ConversationQuery): object {
  return { list: 'conversations', order, status, candidate_id, job_id, created_after, created_before };
}

/** How a page is sought. */
export function conversationPageQuery(query: ConversationQuery): { statement: Prepared; values: string[] } {
  const { candidate_id, job_id, created_after, created_before, cursor, order, limit } = query;
  return buildKeysetQuery(LISTING, {
    equal: { status: statusesOf(query), candidate_id, job_id },
    bounds: [
      ['>', created_after?.toISOString()],
      ['<', created_before?.toISOString()],
    ],
    after: cursor === undefined ? undefined : decodeCursor(cursor, keyOf(query), isPlace),
    order,
    limit,
  });
}

/**
 * A page of conversations by creation. What is created meanwhile is later, so it neither shifts nor doubles a row that is being
 * paged through.
 * @throws ConvError INVALID for a cursor that is not of this list
 */
export function listConversations(
  database: Database,
  query: ConversationQuery,
): Promise<Page<ConversationView>> {
  return withDatabaseErrors(async () => {
    const { statement, values } = conversationPageQuery(query);
    const rows = await queryPrepared<ConversationView>(database.sequelize, statement, values);
    return toPage(rows.map(viewOf), query.limit, keyOf(query), ({ created_at, id }) => [created_at, id]);
  });
}

const ONE: Prepared = {
  name: 'conversation',
  text: `SELECT ${COLUMNS} FROM conversations WHERE id = $1::uuid`,
};

/**
 * One conversation.
 * @throws ConvError NOT_FOUND
 */
export function getConversation(database: Database, id: string): Promise<ConversationView> {
  return withDatabaseErrors(async () => {
    if (!isUuid(id)) throw noConversation(id);
    const [row] = await queryPrepared<ConversationView>(database.sequelize, ONE, [id]);
    if (!row) throw noConversation(id);
    return viewOf(row);
  });
}
