import { CONVERSATION_STATUSES, type ConversationStatus } from '../lib/domain';

/** Returns the only status that a conversation can move to, or null at the end. A database trigger enforces the same rule. */
export function nextStatus(status: ConversationStatus): ConversationStatus | null {
  return CONVERSATION_STATUSES[CONVERSATION_STATUSES.indexOf(status) + 1] ?? null;
}
