import { findOutcome } from '../applications/find';
import { findApplicationEvents } from '../events/application-events';
import type { ApplicationView, ConversationView, FeedEvent, PersonalData } from '../lib/domain';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { getConversation } from './list';

export type CandidateDetails = { id: string; erased_at: string | null } & Record<
  keyof PersonalData,
  string | null
>;

export interface ConversationDetails {
  conversation: ConversationView;
  /** Its personal data is null after erasure. */
  candidate: CandidateDetails | null;
  application: ApplicationView | null;
  /** Oldest first. */
  events: FeedEvent[];
}

async function findCandidateDetails(database: Database, id: string): Promise<CandidateDetails | null> {
  const candidate = await withDatabaseErrors(() => database.candidates.findByPk(id));
  return (
    candidate && {
      id: candidate.id,
      phone_number: candidate.phoneNumber,
      first_name: candidate.firstName,
      last_name: candidate.lastName,
      email_address: candidate.emailAddress,
      erased_at: candidate.erasedAt?.toISOString() ?? null,
    }
  );
}

/**
 * Returns a conversation with its candidate, its application and their events.
 * @throws ConvError NOT_FOUND
 */
export async function showConversation(database: Database, id: string): Promise<ConversationDetails> {
  const conversation = await getConversation(database, id);
  const [candidate, application, events] = await Promise.all([
    findCandidateDetails(database, conversation.candidate_id),
    findOutcome(database, conversation.application_id),
    findApplicationEvents(database, conversation.application_id),
  ]);
  return { conversation, candidate, application, events };
}
