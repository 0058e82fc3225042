import { findCandidates } from '../candidates/find';
import type { CandidateView, ConversationView } from '../lib/domain';
import type { Logger } from '../lib/log';
import type { Context, WebDeps } from './context';

/** Logs who read whose personal data: ids, never the data. */
export function logCandidatesRead(ctx: Context, log: Logger, candidateIds: readonly string[]): void {
  const { requestId: request_id, token } = ctx.state;
  log.info(
    { request_id, token_id: token?.id, token: token?.name, candidate_ids: candidateIds },
    'personal data read',
  );
}

/** Returns the conversations with their candidates, and logs the read. The candidate is null after an erasure. */
export async function includeCandidates(
  ctx: Context,
  { database, log }: WebDeps,
  conversations: readonly ConversationView[],
): Promise<(ConversationView & { candidate: CandidateView | null })[]> {
  const ids = conversations.map(({ candidate_id }) => candidate_id);
  const candidates = await findCandidates(database, ids);
  if (candidates.size > 0) logCandidatesRead(ctx, log, [...candidates.keys()]);
  return conversations.map((conversation) => ({
    ...conversation,
    candidate: candidates.get(conversation.candidate_id) ?? null,
  }));
}
