import {
  CONVERSATION_STATUSES,
  FEED_EVENT_TYPES,
  OUTCOME_STATUSES,
  PUSH_DELIVERY_STATUSES,
  REPLAYABILITIES,
  SCOPES,
  type ApplicationStatus,
} from '../../lib/domain';
import { FIELD_CODES } from './field-codes';
import { FEED_CURSOR, nullable, object, page, ref, senderId, time, uuid } from './schema-parts';
import type { Json } from './types';

const APPLICATION_STATUSES: ApplicationStatus[] = ['QUEUED', 'PROCESSING', ...OUTCOME_STATUSES];

const conversationId = uuid('01a22209-2630-7369-8f6a-b1823b7f9f21');

const name = (example: string): Json => ({
  type: 'string',
  description: 'Any script, 1 to 200 characters after trimming.',
  pattern: '\\S',
  example,
});

const ids = {
  job_id: senderId('job-1'),
  candidate_id: senderId('candidate-1'),
};

const sentCandidate = object({
  phone_number: {
    type: 'string',
    description:
      'A number that exists, with + and country code. Spaces, hyphens, dots and brackets may separate digits.',
    example: '+1 (415) 555-2671',
  },
  first_name: name('Jane'),
  last_name: name('Doe'),
  email_address: { type: 'string', description: 'An email address.', example: 'jane.doe@example.com' },
});

const personalData: Record<string, Json> = {
  phone_number: {
    type: 'string',
    description: 'E.164',
    pattern: '^\\+[1-9][0-9]{1,14}$',
    example: '+14155552671',
  },
  first_name: { type: 'string', maxLength: 200, example: 'Jane' },
  last_name: { type: 'string', maxLength: 200, example: 'Doe' },
  email_address: { type: 'string', maxLength: 320, example: 'jane.doe@example.com' },
};

const conversation: Record<string, Json> = {
  id: conversationId,
  application_id: senderId('application-1'),
  candidate_id: ids.candidate_id,
  job_id: ids.job_id,
  status: { type: 'string', enum: CONVERSATION_STATUSES },
  created_at: time('2026-11-28T12:02:34.672Z'),
  updated_at: time('2026-11-28T12:02:39.466Z'),
};

const application: Record<string, Json> = {
  id: senderId('application-1'),
  ...ids,
  status: { type: 'string', enum: APPLICATION_STATUSES },
  reason: {
    type: ['string', 'null'],
    description: 'Of REJECTED and DEFERRED: the rule; of FAILED: the error in one line.',
    example: null,
  },
  conversation_id: nullable(conversationId),
  received_at: time('2026-11-28T12:02:34.628Z'),
  processed_at: nullable(time('2026-11-28T12:02:34.664Z')),
};

const applicationState: Record<string, Json> = {
  replay: {
    type: 'string',
    enum: REPLAYABILITIES,
    description:
      'What a replay would do. POSSIBLE: it processes the application again by the same rules, so it may be rejected again, for example ' +
      'while the conversation that blocks it is active. The others are why it does nothing. WAITING: the application is in the queue ' +
      "already. ACCEPTED: its conversation exists. ERASED: the candidate's personal data was erased. PAYLOAD_REMOVED: the data was " +
      'removed by age (KEEP_PAYLOADS_DAYS).',
  },
  dismissal: { oneOf: [ref('Dismissal'), { type: 'null' }] },
  blocking_conversation: { oneOf: [ref('Conversation'), { type: 'null' }] },
};

const delivery = object({
  id: uuid('01a22209-2646-718d-b0fa-d8490ac2a033'),
  type: { type: 'string', enum: FEED_EVENT_TYPES },
  application_id: senderId('application-1'),
  status: { type: 'string', enum: PUSH_DELIVERY_STATUSES },
  attempts: { type: 'integer' },
  last_error: { type: ['string', 'null'] },
  first_attempt_at: nullable(time()),
  delivered_at: nullable(time()),
  next_attempt_at: nullable(time()),
});

const event = (prefix: string, data: string): Json =>
  object({
    id: uuid('01a22209-2646-718d-b0fa-d8490ac2a033'),
    type: { type: 'string', enum: FEED_EVENT_TYPES.filter((type) => type.startsWith(prefix)) },
    created_at: time('2026-11-28T12:02:34.694Z'),
    data: ref(data),
  });

/** The schemas of the description, by name. */
export const schemas: Record<string, Json> = {
  ApplicationEvent: object(
    { id: senderId('application-1'), ...ids, candidate: sentCandidate },
    { description: 'Other fields are ignored and not stored.' },
  ),
  StoredApplicationEvent: object({
    id: senderId('application-1'),
    ...ids,
    candidate: object(personalData),
  }),
  Application: object(application),
  ApplicationWithState: {
    ...object({ ...application, ...applicationState }),
    description: 'With include.',
    required: Object.keys(application),
  },
  Dismissal: object({ dismissed_at: time(), dismissed_by: { type: 'string', example: 'ada' } }),
  Delivery: delivery,
  Token: object({
    name: { type: 'string', example: 'crm' },
    scopes: { type: 'array', items: { type: 'string', enum: SCOPES } },
    sender: { type: ['string', 'null'], description: 'Whose applications it sends' },
    expires_at: nullable(time()),
  }),
  Conversation: object(conversation),
  ConversationWithCandidate: {
    ...object({ ...conversation, candidate: { oneOf: [ref('Candidate'), { type: 'null' }] } }),
    description: 'With include=candidate. The candidate is null after an erasure.',
    required: Object.keys(conversation),
  },
  ConversationWithRelated: {
    ...object({
      ...conversation,
      candidate: { oneOf: [ref('Candidate'), { type: 'null' }] },
      candidate_erased_at: time(),
      application: { oneOf: [ref('Application'), { type: 'null' }] },
      events: { type: 'array', items: ref('FeedEvent') },
      deliveries: { type: ['array', 'null'], items: ref('Delivery') },
    }),
    description:
      'With include. After an erasure candidate_erased_at is there, and the candidate is null unless they applied again. Deliveries are null if pushing was never switched on.',
    required: Object.keys(conversation),
  },
  Candidate: object(
    { id: senderId('candidate-1'), ...personalData },
    { description: 'The data of the newest application received, also if it was rejected.' },
  ),
  Move: object(
    { status: { type: 'string', enum: CONVERSATION_STATUSES, example: 'ONGOING' } },
    { additionalProperties: false },
  ),
  ConversationEvent: event('conversation.', 'Conversation'),
  OutcomeEvent: event('application.', 'Application'),
  FeedEvent: { oneOf: [ref('ConversationEvent'), ref('OutcomeEvent')] },
  ApplicationPage: page(ref('ApplicationWithState')),
  ConversationPage: page(ref('ConversationWithCandidate')),
  EventPage: page(ref('FeedEvent'), FEED_CURSOR),
  FieldProblem: object({
    pointer: {
      type: 'string',
      description: 'JSON Pointer (RFC 6901); of a query /name.',
      example: '/status',
    },
    code: { type: 'string', enum: FIELD_CODES },
    detail: { type: 'string' },
  }),
  Live: object({ status: { const: 'ok' } }),
  Ready: {
    type: 'object',
    required: ['status', 'database', 'queue'],
    properties: {
      status: { const: 'ok' },
      database: { const: 'ok' },
      queue: { const: 'ok' },
      warnings: {
        type: 'array',
        items: { type: 'string' },
        description: 'Ways in which Redis may lose accepted applications.',
      },
    },
  },
};
