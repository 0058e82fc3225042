import type { ApplicationView, ConversationView } from '../lib/domain';
import { ERASED_REASON } from '../lib/errors';
import { shellArgument } from '../lib/shell-argument';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { findBlockingConversation } from './blocking-conversation';
import { isErased } from './erased-event';
import { PAYLOAD_REMOVED } from './replay';

/** Why an application has no conversation, and what to do. */
export interface NextStep {
  /** In one line; where there is a command, it follows this text. */
  text: string;
  /** The command that replays the application; null where that would change nothing. */
  command: string | null;
  /** The conversation that blocks the application. */
  blocking: ConversationView | null;
}

const replayCommand = (id: string) => `conv replay ${shellArgument(id)}`;

function describeConversation({ id, status, job_id }: ConversationView): string {
  return `conversation ${id} (${status}, job ${job_id})`;
}

const unblocked = (id: string): NextStep => ({
  text: 'no conversation blocks it any more: run',
  command: replayCommand(id),
  blocking: null,
});

function describeRejection({ id, job_id }: ApplicationView, blocking: ConversationView | null): NextStep {
  if (!blocking) return unblocked(id);
  const conversation = describeConversation(blocking);
  if (blocking.job_id === job_id) {
    const text = `${conversation} exists for this candidate and job: this is final, a replay would be rejected too`;
    return { text, command: null, blocking };
  }
  const text = `blocked by ${conversation}: once it is COMPLETED, run`;
  return { text, command: replayCommand(id), blocking };
}

function describeDeferral({ id }: ApplicationView, blocking: ConversationView | null): NextStep {
  if (!blocking) return unblocked(id);
  const text = `deferred until ${describeConversation(blocking)} is COMPLETED; then it is processed without a replay`;
  return { text, command: null, blocking };
}

/** Returns why an application has no conversation and what to do; null if there is nothing to do. */
export async function describeNextStep(
  database: Database,
  application: ApplicationView,
): Promise<NextStep | null> {
  const { id, status, reason } = application;
  if (status !== 'FAILED' && status !== 'REJECTED' && status !== 'DEFERRED') return null;
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  const cannotReplay = (why: string) => ({
    text: `it cannot be replayed: ${why}`,
    command: null,
    blocking: null,
  });
  if (row && !row.payload) return cannotReplay(PAYLOAD_REMOVED);
  if (row?.payload && isErased(row.payload)) return cannotReplay(ERASED_REASON);
  if (status === 'FAILED') {
    const text = `failed: ${reason ?? ''}; once the cause is gone, run`;
    return { text, command: replayCommand(id), blocking: null };
  }
  const blocking = await findBlockingConversation(database, application);
  return status === 'REJECTED'
    ? describeRejection(application, blocking)
    : describeDeferral(application, blocking);
}
