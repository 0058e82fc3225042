import type { ApplicationView, ConversationView } from '../lib/domain';
import type { Database } from '../models/connect';
import { shellArgument } from './shell-argument';

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

/** Returns why an application has no conversation and what to do, in one line; null if there is nothing to do. */
export async function describeNextStep(
  database: Database,
  application: ApplicationView,
): Promise<string | null> {
  const { id, status, reason } = application;
  if (status !== 'FAILED' && status !== 'REJECTED' && status !== 'DEFERRED') return null;
  const { isErased } = await import('../applications/erased-event');
  const { PAYLOAD_REMOVED } = await import('../applications/replay');
  const { findBlockingConversation } = await import('../applications/blocking-conversation');
  const { withDatabaseErrors } = await import('../models/database-errors');
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  if (row && !row.payload) return `it cannot be replayed: ${PAYLOAD_REMOVED}`;
  if (row?.payload && isErased(row.payload))
    return `it cannot be replayed: the candidate's personal data was erased`;
  if (status === 'FAILED')
    return `failed: ${reason ?? ''}; once the cause is gone, run \`conv replay ${shellArgument(id)}\``;
  const blocking = await findBlockingConversation(database, application);
  return status === 'REJECTED'
    ? describeRejection(application, blocking)
    : describeDeferral(application, blocking);
}
