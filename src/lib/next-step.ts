import type { ApplicationView, ConversationView, StoredObstacle } from './domain';
import { ERASED_REASON, PAYLOAD_REMOVED_REASON } from './errors';
import { shellArgument } from './shell-argument';

const OBSTACLES: Readonly<Record<StoredObstacle, string>> = {
  ERASED: ERASED_REASON,
  PAYLOAD_REMOVED: PAYLOAD_REMOVED_REASON,
};

/** What decides what to do about an application without a conversation. */
export interface NextStepFacts {
  /** Why it cannot be replayed; null if it can. */
  obstacle: StoredObstacle | null;
  /** The conversation because of which it would be refused now. */
  blocking: ConversationView | null;
}

/** Why an application has no conversation, and what to do. */
export interface NextStep {
  /** In one line; where there is a command, it follows this text. */
  text: string;
  /** The command that replays the application; null where that would change nothing. */
  command: string | null;
  /** The conversation that blocks the application. */
  blocking: ConversationView | null;
}

/** Returns whether there may be something to do about an application: it has an outcome, and no conversation. */
export function needsNextStep({ status }: ApplicationView): boolean {
  return status === 'FAILED' || status === 'REJECTED' || status === 'DEFERRED';
}

function describeConversation({ id, status, job_id }: ConversationView): string {
  const state = status === 'CREATED' ? 'CREATED, not begun yet' : status;
  return `conversation ${id} (${state}, job ${job_id})`;
}

function describeBlocked({ status, job_id }: ApplicationView, blocking: ConversationView): string {
  const conversation = describeConversation(blocking);
  if (status === 'DEFERRED')
    return `deferred until ${conversation} is COMPLETED; then it is processed without a replay`;
  return blocking.job_id === job_id
    ? `${conversation} exists for this candidate and job: this is final, a replay would be rejected too`
    : `blocked by ${conversation}: once it is COMPLETED, run`;
}

/** Returns why an application that is FAILED, REJECTED or DEFERRED has no conversation, and what to do. */
export function describeNextStep(
  application: ApplicationView,
  { obstacle, blocking }: NextStepFacts,
): NextStep {
  const { id, job_id, status, reason } = application;
  const replay = `conv replay ${shellArgument(id)}`;
  if (obstacle !== null)
    return { text: `it cannot be replayed: ${OBSTACLES[obstacle]}`, command: null, blocking: null };
  if (status === 'FAILED')
    return { text: `failed: ${reason ?? ''}; once the cause is gone, run`, command: replay, blocking: null };
  if (!blocking) return { text: 'no conversation blocks it any more: run', command: replay, blocking: null };
  const isReplayable = status === 'REJECTED' && blocking.job_id !== job_id;
  return { text: describeBlocked(application, blocking), command: isReplayable ? replay : null, blocking };
}
