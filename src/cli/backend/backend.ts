import type { Dismissal } from '../../applications/dismiss';
import type { ApplicationQuery } from '../../applications/list';
import type { ReplayFilter, ReplaySelection } from '../../applications/replay-filter';
import type { ConversationQuery } from '../../conversations/filter';
import type { ConversationDetails } from '../../conversations/show';
import type { DueDelivery } from '../../events/application-deliveries';
import type { FeedPage, FeedQuery } from '../../events/feed';
import type { ApplicationView, ConversationStatus, ConversationView } from '../../lib/domain';
import type { NextStepFacts } from '../../lib/next-step';
import type { Page } from '../../lists/page';

/** A conversation with everything that belongs to it. */
export interface ShownConversation extends ConversationDetails {
  /** Null if pushing was never switched on. */
  deliveries: DueDelivery[] | null;
}

export interface ConversationBackend {
  list(query: ConversationQuery): Promise<Page<ConversationView>>;
  show(id: string): Promise<ShownConversation>;
  move(id: string, status: ConversationStatus): Promise<ConversationView>;
}

export interface ShownApplication {
  application: ApplicationView;
  dismissal: Dismissal | null;
  /** Null if there is nothing to do, or nobody asked. */
  nextStep: NextStepFacts | null;
}

export interface ApplicationBackend {
  list(query: ApplicationQuery): Promise<Page<ApplicationView>>;
  /** @param withNextStep also finds what decides what to do about it */
  show(id: string, withNextStep: boolean): Promise<ShownApplication>;
}

export interface EventBackend {
  /**
   * Reads a page of the feed, with everything that was committed before this call.
   * @param query `after` may also be `latest`: the end of the feed
   */
  read(query: FeedQuery): Promise<FeedPage>;
  /** Reads as `read` does, and waits a little if there is no event. */
  poll(query: FeedQuery): Promise<FeedPage>;
}

/** What commands read and change: the stores, or conv over HTTP. Both throw the same errors. */
export interface Backend {
  /** What cannot be reached in an outage, as notices name it. */
  readonly name: string;
  readonly conversations: ConversationBackend;
  readonly applications: ApplicationBackend;
  readonly events: EventBackend;
}

/** What `conv replay` needs. */
export interface ReplayBackend {
  /** Where it replays, as questions name it: ` in prod (https://conv.example.com)`; empty for the stores. */
  readonly place: string;
  selectByFilter(filter: ReplayFilter): Promise<ReplaySelection>;
  selectByIds(ids: readonly string[]): Promise<ReplaySelection & { missing: string[] }>;
  /** Processes an application again. Throws as `replayApplication` does. */
  replay(id: string): Promise<ApplicationView>;
  /** Returns the present state of an application. */
  find(id: string): Promise<ApplicationView>;
}
