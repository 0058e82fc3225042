import type { ConversationView } from '../lib/domain';
import { isUuid } from '../lib/ids';
import { presentConversation, type ConversationRecord } from '../lib/present';
import { isCursorTime } from '../lists/cursor';
import { readPage, type List } from '../lists/list';
import type { Page } from '../lists/page';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { conversationFilters, type ConversationQuery } from './filter';
import { conversationNotFound } from './move';

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
