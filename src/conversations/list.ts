import { CONVERSATION_STATUSES, type ConversationStatus, type ConversationView } from '../domain';
import { isUuid } from '../ids';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import { queryPrepared, type Prepared } from '../models/prepared';
import { decodeCursor, isMoment } from './cursor';
import { noConversation } from './move';
import { pageOf, parsed, type Page, type PageQuery } from './page';
import { seekPage, type Listing } from './seek';

export interface ConversationQuery extends PageQuery {
  status?: ConversationStatus[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  created_after?: Date | undefined;
  created_before?: Date | undefined;
}

const LISTING: Listing = {
  table: 'conversations',
  json: 'conversation_json',
  key: [
    ['created_at', 'timestamptz'],
    ['id', 'uuid'],
  ],
};

const ONE: Prepared = {
  name: 'conversation',
  text: 'SELECT conversation_json(entry)::text AS json FROM conversations AS entry WHERE id = $1::uuid',
};

/** A moment as this list writes it, and a conversation's id. */
function isPlace([createdAt = '', id = '', ...more]: string[]): boolean {
  return isMoment(createdAt) && isUuid(id) && more.length === 0;
}

interface Row {
  json: string;
  created_at: Date;
  id: string;
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
export function conversationSeek(query: ConversationQuery): { statement: Prepared; values: string[] } {
  const { candidate_id, job_id, created_after, created_before, cursor, order, limit } = query;
  return seekPage(LISTING, {
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
 * @returns each conversation as JSON
 * @throws ConvError INVALID for a cursor that is not of this list
 */
export function conversationPage(database: Database, query: ConversationQuery): Promise<Page<string>> {
  return withDomainErrors(async () => {
    const { statement, values } = conversationSeek(query);
    const rows = await queryPrepared<Row>(database.sequelize, statement, values);
    const placeOf = (row: Row) => [row.created_at.toISOString(), row.id];
    return pageOf(rows, query.limit, keyOf(query), placeOf, ({ json }) => json);
  });
}

/** As conversationPage, read. */
export async function listConversations(
  database: Database,
  query: ConversationQuery,
): Promise<Page<ConversationView>> {
  return parsed(await conversationPage(database, query));
}

/**
 * One conversation, as JSON.
 * @throws ConvError NOT_FOUND
 */
export function conversationJson(database: Database, id: string): Promise<string> {
  return withDomainErrors(async () => {
    const rows = isUuid(id) ? await queryPrepared<{ json: string }>(database.sequelize, ONE, [id]) : [];
    const [found] = rows;
    if (!found) throw noConversation(id);
    return found.json;
  });
}

/** As conversationJson, read. */
export async function getConversation(database: Database, id: string): Promise<ConversationView> {
  return JSON.parse(await conversationJson(database, id)) as ConversationView;
}
