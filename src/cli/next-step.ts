import type { StoredObstacle } from '../applications/replayability';
import type { ApplicationView, ConversationView } from '../lib/domain';
import { ERASED_REASON, PAYLOAD_REMOVED_REASON } from '../lib/errors';
import type { NextStepFacts } from './backend/backend';
import { shellArgument } from './shell-argument';

const OBSTACLES: Readonly<Record<StoredObstacle, string>> = {
  ERASED: ERASED_REASON,
  PAYLOAD_REMOVED: PAYLOAD_REMOVED_REASON,
};

function describeConversation({ id, status, job_id }: ConversationView): string {
  return `conversation ${id} (${status}, job ${job_id})`;
}

function describeRejection({ id, job_id }: ApplicationView, blocking: ConversationView | null): string {
  const replay = `\`conv replay ${shellArgument(id)}\``;
  if (!blocking) return `no conversation blocks it any more: run ${replay}`;
  if (blocking.job_id === job_id)
    return `${describeConversation(blocking)} exists for this candidate and job: this is final, a replay would be rejected too`;
  return `blocked by ${describeConversation(blocking)}: once it is COMPLETED, run ${replay}`;
}

function describeDeferral({ id }: ApplicationView, blocking: ConversationView | null): string {
  if (!blocking) return `no conversation blocks it any more: run \`conv replay ${shellArgument(id)}\``;
  return `deferred until ${describeConversation(blocking)} is COMPLETED; then it is processed without a replay`;
}

/** Returns why an application that is FAILED, REJECTED or DEFERRED has no conversation and what to do, in one line. */
export function describeNextStep(
  application: ApplicationView,
  { obstacle, blocking }: NextStepFacts,
): string {
  const { id, status, reason } = application;
  if (obstacle !== null) return `it cannot be replayed: ${OBSTACLES[obstacle]}`;
  if (status === 'FAILED')
    return `failed: ${reason ?? ''}; once the cause is gone, run \`conv replay ${shellArgument(id)}\``;
  return status === 'REJECTED'
    ? describeRejection(application, blocking)
    : describeDeferral(application, blocking);
}
