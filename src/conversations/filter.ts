import { CONVERSATION_STATUSES, type ConversationStatus, type ConversationView } from '../lib/domain';
import type { ListFilters } from '../lists/keyset';
import type { PageQuery } from '../lists/page';

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
