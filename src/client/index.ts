/** What `conv/client` exports; see docs/client.md. */
export { createClient, type ClientOptions, type ConvClient } from './create-client';
export {
  followEvents,
  type EventFeed,
  type FeedEventOf,
  type FeedEventType,
  type FollowOptions,
} from './follow-events';
export { ConvApiError, type Problem, type ProblemType } from './problem';
export { retryCall, type RetryOptions } from './retry';
export { unwrap } from './unwrap';
export { PushVerificationError, verifyPush, type PushHeaders } from './verify-push';
export type {
  Application,
  ApplicationEvent,
  ApplicationPage,
  ApplicationWithState,
  Candidate,
  Conversation,
  ConversationEvent,
  ConversationPage,
  ConversationWithCandidate,
  ConversationWithRelated,
  Delivery,
  Dismissal,
  EventPage,
  FeedEvent,
  FieldProblem,
  Move,
  OutcomeEvent,
  StoredApplicationEvent,
  Token,
  paths,
} from './schema';
