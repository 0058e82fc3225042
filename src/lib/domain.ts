/** The nouns of the product and their shapes outside: what senders send and the API shows. The rules are in the database. */

/** What is known of a person, and all that an erasure removes. */
export type PersonalData = Record<'phone_number' | 'first_name' | 'last_name' | 'email_address', string>;

/** A person who applied, with their personal data. */
export type CandidateView = { id: string } & PersonalData;

/** A webhook's event, validated: phone number in E.164, names trimmed, ids as the sender chose them. */
export interface ApplicationEvent {
  id: string;
  job_id: string;
  candidate_id: string;
  candidate: PersonalData;
}

/** What is kept of an event whose candidate was erased. */
export interface ErasedApplicationEvent extends Omit<ApplicationEvent, 'candidate'> {
  candidate: null;
}

/** An event as the queue and the applications' rows hold it. */
export type StoredApplicationEvent = ApplicationEvent | ErasedApplicationEvent;

/** QUEUED and PROCESSING are known to the queue alone; the rest is decided and has a row. */
export const OUTCOME_STATUSES = ['ACCEPTED', 'REJECTED', 'DEFERRED', 'FAILED'] as const;
export type OutcomeStatus = (typeof OUTCOME_STATUSES)[number];

/** The outcomes that a replay may replace. */
export const REPLAYABLE_STATUSES = ['FAILED', 'REJECTED', 'DEFERRED'] as const;
export type ReplayableStatus = (typeof REPLAYABLE_STATUSES)[number];

/**
 * What a replay would do with an application: process it again, or skip it because it waits in the queue already, its personal data
 * was erased or removed after KEEP_PAYLOADS_DAYS, or its conversation exists.
 */
/** Why the stored data of an application is not enough for a replay. */
export type StoredObstacle = 'ERASED' | 'PAYLOAD_REMOVED';

export const REPLAYABILITIES = ['POSSIBLE', 'WAITING', 'ERASED', 'PAYLOAD_REMOVED', 'ACCEPTED'] as const;
export type Replayability = (typeof REPLAYABILITIES)[number];

export type ApplicationStatus = 'QUEUED' | 'PROCESSING' | OutcomeStatus;

export const REJECTION_REASONS = ['ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'] as const;
export type RejectionReason = (typeof REJECTION_REASONS)[number];

/** What to do with an application whose candidate has an active conversation: refuse it, or wait for its end. */
export type WhenActive = 'reject' | 'defer';

/** What became of an application. Times are ISO 8601 in UTC. */
export interface ApplicationView {
  id: string;
  job_id: string;
  candidate_id: string;
  status: ApplicationStatus;
  /** A RejectionReason (of a DEFERRED one what it waits for), or the error of a FAILED one in one line. */
  reason: string | null;
  conversation_id: string | null;
  received_at: string;
  processed_at: string | null;
}

/** In the order in which a conversation moves through them, one step at a time. */
export const CONVERSATION_STATUSES = ['CREATED', 'ONGOING', 'COMPLETED'] as const;
export type ConversationStatus = (typeof CONVERSATION_STATUSES)[number];

export interface ConversationView {
  id: string;
  application_id: string;
  candidate_id: string;
  job_id: string;
  status: ConversationStatus;
  created_at: string;
  updated_at: string;
}

export const FEED_EVENT_TYPES = [
  'conversation.created',
  'conversation.updated',
  'application.rejected',
  'application.deferred',
  'application.failed',
] as const;
export type FeedEventType = (typeof FEED_EVENT_TYPES)[number];

/** What happened: the conversation or application as it was then. */
export interface FeedEvent {
  id: string;
  type: FeedEventType;
  created_at: string;
  data: ConversationView | ApplicationView;
}

/** PARKED: not delivered within a day and given up, until an operator sends it again. */
export const PUSH_DELIVERY_STATUSES = ['PENDING', 'DELIVERED', 'PARKED'] as const;
export type PushDeliveryStatus = (typeof PUSH_DELIVERY_STATUSES)[number];

export const SCOPES = [
  'applications:read',
  'applications:write',
  'conversations:read',
  'conversations:write',
  'candidates:read',
  'queues:admin',
  'metrics:read',
] as const;
export type Scope = (typeof SCOPES)[number];
