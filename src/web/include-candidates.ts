import { findCandidates } from '../candidates/find';
import type { CandidateView, ConversationView } from '../lib/domain';
import type { Logger } from '../lib/log';
import { assertScope } from './middleware/auth';
import type { Context, WebDeps } from './context';

/** Logs who read whose personal data: ids, never the data. */
export function logCandidatesRead(ctx: Context, log: Logger, candidateIds: readonly string[]): void {
  const { requestId: request_id, token } = ctx.state;
  log.info(
    { request_id, token_id: token?.id, token: token?.name, candidate_ids: candidateIds },
    'personal data read',
  );
}

/**
 * Refuses `include=candidate` of a token that may not read personal data. Runs after requireScope.
 * @throws ConvError FORBIDDEN
 */
export function assertMayReadCandidates(ctx: Context): void {
  const { token } = ctx.state;
  if (!token) throw new Error('requireScope must run before the token is used');
  assertScope(token, 'candidates:read');
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
