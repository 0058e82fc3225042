/** What `conv/client` exports; see docs/client.md. */
export { createClient, type ClientOptions, type ConvClient } from './create-client';
export { ConvApiError, type Problem, type ProblemType } from './problem';
export { unwrap } from './unwrap';
export type {
  Application,
  ApplicationEvent,
  ApplicationPage,
  Candidate,
  Conversation,
  ConversationEvent,
  ConversationPage,
  ConversationWithCandidate,
  EventPage,
  FeedEvent,
  FieldProblem,
  Move,
  OutcomeEvent,
  StoredApplicationEvent,
  paths,
} from './schema';
