import { listApplicationEvents } from '../events/application-events';
import type { ApplicationView, ConversationView, FeedEvent, PersonalData } from '../lib/domain';
import { presentApplication } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { getConversation } from './list';

type CandidateDetails = { id: string; erased_at: string | null } & Record<keyof PersonalData, string | null>;

export interface ConversationDetails {
  conversation: ConversationView;
  /** Its personal data is null after erasure. */
  candidate: CandidateDetails | null;
  application: ApplicationView | null;
  /** Oldest first. */
  events: FeedEvent[];
}

/**
 * Returns a conversation with its candidate, its application and their events.
 * @throws ConvError NOT_FOUND
 */
export async function showConversation(database: Database, id: string): Promise<ConversationDetails> {
  const conversation = await getConversation(database, id);
  const { application_id, candidate_id } = conversation;
  return withDatabaseErrors(async () => {
    const [candidate, application, events] = await Promise.all([
      database.candidates.findByPk(candidate_id),
      database.applications.findByPk(application_id),
      listApplicationEvents(database, application_id),
    ]);
    return {
      conversation,
      candidate: candidate && {
        id: candidate.id,
        phone_number: candidate.phoneNumber,
        first_name: candidate.firstName,
        last_name: candidate.lastName,
        email_address: candidate.emailAddress,
        erased_at: candidate.erasedAt?.toISOString() ?? null,
      },
      application: application && presentApplication(application),
      events,
    };
  });
}
