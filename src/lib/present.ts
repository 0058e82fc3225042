import type {
  ApplicationStatus,
  ApplicationView,
  CandidateView,
  ConversationStatus,
  ConversationView,
  FeedEvent,
  FeedEventType,
} from './domain';
import { toIso } from './time';

/** A stored moment: a Date from a model, or PostgreSQL's text from a query that selects it as text. */
type Moment = Date | string;

/** The columns of a conversation, from a model or a query. */
export interface ConversationRecord {
  id: string;
  applicationId: string;
  candidateId: string;
  jobId: string;
  status: ConversationStatus;
  createdAt: Moment;
  updatedAt: Moment;
}

/** Returns a conversation as the API, events and the command line show it. */
export function presentConversation(conversation: ConversationRecord): ConversationView {
  return {
    id: conversation.id,
    application_id: conversation.applicationId,
    candidate_id: conversation.candidateId,
    job_id: conversation.jobId,
    status: conversation.status,
    created_at: toIso(conversation.createdAt),
    updated_at: toIso(conversation.updatedAt),
  };
}

/** The columns of a candidate; the personal data is null after an erasure. */
export interface CandidateRecord {
  id: string;
  phoneNumber: string | null;
  firstName: string | null;
  lastName: string | null;
  emailAddress: string | null;
}

/** Returns a candidate as the API shows it, or null after an erasure. */
export function presentCandidate(candidate: CandidateRecord): CandidateView | null {
  const { id, phoneNumber, firstName, lastName, emailAddress } = candidate;
  if (phoneNumber === null || firstName === null || lastName === null || emailAddress === null) return null;
  return {
    id,
    phone_number: phoneNumber,
    first_name: firstName,
    last_name: lastName,
    email_address: emailAddress,
  };
}

/** The columns of an application, from a model or a query, or what its job in the queue says. */
export interface ApplicationRecord {
  id: string;
  jobId: string;
  candidateId: string;
  status: ApplicationStatus;
  reason: string | null;
  conversationId: string | null;
  receivedAt: Moment;
  processedAt: Moment | null;
}

/** Returns an application as the API, events and the command line show it. */
export function presentApplication(application: ApplicationRecord): ApplicationView {
  return {
    id: application.id,
    job_id: application.jobId,
    candidate_id: application.candidateId,
    status: application.status,
    reason: application.reason,
    conversation_id: application.conversationId,
    received_at: toIso(application.receivedAt),
    processed_at: application.processedAt === null ? null : toIso(application.processedAt),
  };
}

/** The columns of a feed event, from a model or a query. */
export interface FeedEventRecord {
  id: string;
  type: FeedEventType;
  createdAt: Moment;
  data: FeedEvent['data'];
}

/** Returns an event as the feed and the pushes show it. */
export function presentFeedEvent(event: FeedEventRecord): FeedEvent {
  return { id: event.id, type: event.type, created_at: toIso(event.createdAt), data: event.data };
}
