/** What `conv/client` exports; see docs/client.md. */
export { createClient, type ClientOptions, type ConvClient } from './create-client';
export { ConvApiError, type Problem, type ProblemType } from './problem';
export { unwrap } from './unwrap';
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
