import { findErasure } from '../candidates/find';
import { findOutcome } from '../applications/find';
import { findDueDeliveries, type DueDelivery } from '../events/application-deliveries';
import { findApplicationEvents } from '../events/application-events';
import type { ApplicationView, CandidateView, ConversationView, FeedEvent } from '../lib/domain';
import { isOutage } from '../lib/errors';
import { findNextAttempts } from '../queue/next-attempts';
import type { Context, WebDeps } from './context';
import { includeCandidates } from './include-candidates';

/** What `include` can add to one conversation. */
export const RELATED = ['candidate', 'application', 'events', 'deliveries'] as const;
type RelatedName = (typeof RELATED)[number];

interface Related {
  candidate?: CandidateView | null;
  candidate_erased_at?: string;
  application?: ApplicationView | null;
  events?: FeedEvent[];
  deliveries?: DueDelivery[] | null;
}

async function readCandidate(
  ctx: Context,
  deps: WebDeps,
  conversation: ConversationView,
): Promise<Pick<Related, 'candidate' | 'candidate_erased_at'>> {
  const [{ candidate } = { candidate: null }] = await includeCandidates(ctx, deps, [conversation]);
  const erasedAt = await findErasure(deps.database, conversation.candidate_id);
  return { candidate, ...(erasedAt !== null && { candidate_erased_at: erasedAt }) };
}

/** Returns when pushes are due. While Redis is unavailable this is unknown; all else of a push is in PostgreSQL. */
async function findDueTimes(
  { push }: WebDeps,
  eventIds: readonly string[],
): Promise<ReadonlyMap<string, Date>> {
  try {
    return await findNextAttempts(push, eventIds);
  } catch (error) {
    if (isOutage(error)) return new Map();
    throw error;
  }
}

/** Returns what belongs to a conversation, as far as the request asks for it, in the order of {@link RELATED}. */
export async function readRelated(
  ctx: Context,
  deps: WebDeps,
  conversation: ConversationView,
  include: readonly RelatedName[],
): Promise<Related> {
  const { database } = deps;
  const { application_id: applicationId } = conversation;
  return {
    ...(include.includes('candidate') && (await readCandidate(ctx, deps, conversation))),
    ...(include.includes('application') && { application: await findOutcome(database, applicationId) }),
    ...(include.includes('events') && { events: await findApplicationEvents(database, applicationId) }),
    ...(include.includes('deliveries') && {
      deliveries: await findDueDeliveries(database, applicationId, (ids) => findDueTimes(deps, ids)),
    }),
  };
}
