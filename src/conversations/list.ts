import { CONVERSATION_STATUSES, type ConversationStatus, type ConversationView } from '../lib/domain';
import { isUuid } from '../lib/ids';
import { presentConversation, type ConversationRecord } from '../lib/present';
import { isCursorTime } from '../lists/cursor';
import type { ListFilters } from '../lists/keyset';
import { readPage, type List } from '../lists/list';
import type { Page, PageQuery } from '../lists/page';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { conversationNotFound } from './move';

export interface ConversationFilter {
  status?: ConversationStatus[] | undefined;
  candidate_id?: string | undefined;
  job_id?: string | undefined;
  application_id?: string | undefined;
  /** Inclusive. */
  created_after?: Date | undefined;
  /** Exclusive. */
  created_before?: Date | undefined;
  /** Inclusive. */
  updated_after?: Date | undefined;
}

export type ConversationQuery = PageQuery & ConversationFilter;

export const CONVERSATION_LIST: List<ConversationRecord, ConversationView> = {
  table: 'conversations',
  columns: `id, application_id AS "applicationId", candidate_id AS "candidateId", job_id AS "jobId", status,
    created_at::text AS "createdAt", updated_at::text AS "updatedAt"`,
  key: [
    ['created_at', 'timestamptz'],
    ['id', 'uuid'],
  ],
  present: presentConversation,
  position: ({ created_at, id }) => [created_at, id],
  isPosition: ([createdAt = '', id = '', ...rest]) =>
    isCursorTime(createdAt) && isUuid(id) && rest.length === 0,
};

/**
 * Each status is a query of its own, because the indexes contain it. One candidate or application has few rows, which are read
 * together.
 */
export function conversationFilters(query: ConversationFilter): ListFilters {
  const { status, candidate_id, job_id, application_id, created_after, created_before, updated_after } =
    query;
  const hasFewRows = candidate_id !== undefined || application_id !== undefined;
  return {
    equal: {
      status: status ?? (hasFewRows ? undefined : CONVERSATION_STATUSES),
      candidate_id,
      job_id,
      application_id,
    },
    from: created_after?.toISOString(),
    to: created_before?.toISOString(),
    ...(updated_after && { atLeast: { updated_at: updated_after.toISOString() } }),
  };
}

/** Whether the list with this filter has the conversation. */
export function matchesFilter(filter: ConversationFilter, conversation: ConversationView): boolean {
  const { equal, from, to, atLeast } = conversationFilters(filter);
  const { created_at, updated_at } = conversation;
  if (updated_at < (atLeast?.['updated_at'] ?? '')) return false;
  if ((from !== undefined && created_at < from) || (to !== undefined && created_at >= to)) return false;
  return Object.entries(equal).every(([column, accepted]) => {
    const value = conversation[column as keyof ConversationView];
    return accepted === undefined || [accepted].flat().includes(value);
  });
}

/**
 * Returns a page of conversations, by time of creation.
 * @throws ConvError INVALID for a cursor that does not belong to this list with these filters
 */
export function listConversations(
  database: Database,
  query: ConversationQuery,
): Promise<Page<ConversationView>> {
  return withDatabaseErrors(() =>
    readPage(database.sequelize, CONVERSATION_LIST, conversationFilters(query), query),
  );
}

/**
 * Returns one conversation.
 * @throws ConvError NOT_FOUND
 */
export function getConversation(database: Database, id: string): Promise<ConversationView> {
  return withDatabaseErrors(async () => {
    const conversation = isUuid(id) ? await database.conversations.findByPk(id) : null;
    if (!conversation) throw conversationNotFound(id);
    return presentConversation(conversation);
  });
}
