import type Koa from 'koa';
import type { FeedHub } from '../events/feed-hub';
import type { Logger } from '../lib/log';
import type { Metrics } from '../metrics/metrics';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import type { PushQueue } from '../queue/push';
import type { TokenView } from '../tokens/token';
import type { QueueCapacity } from '../queue/capacity';
import type { Rate } from '../lib/rate';
import type { Sender } from '../lib/senders';

/** What middleware attaches to a request. */
export interface State extends Koa.DefaultState {
  requestId: string;
  /** The token that the request carries; undefined without one, or with a signature. */
  token?: TokenView;
  /** Whether the token is that of a login at /admin/login. */
  hasSession?: boolean;
  /** More fields for the request's log line. Ids only, no personal data. */
  logFields: Record<string, string | number | boolean | null>;
}

export type Context = Koa.ParameterizedContext<State>;
export type Middleware = Koa.Middleware<State>;

/** Everything the web application needs. */
export interface WebDeps {
  database: Database;
  /** Serves lists and single reads; null to read from `database`. */
  replica: Database | null;
  queue: ApplicationQueue;
  /** For the queue board; workers fill and process it. */
  push: PushQueue;
  hub: FeedHub;
  /** Names the ways in which Redis may lose accepted applications. */
  redisWarnings: () => readonly string[];
  /** Refuses applications when the queue is full. */
  capacity: QueueCapacity;
  /** Requests allowed per sender; null for no limit. */
  rateLimit: Rate | null;
  metrics: Metrics;
  log: Logger;
  /** Who may sign applications. With none, no signature is accepted. */
  senders: readonly Sender[];
  /** Aborts when the process stops; ends streams and long polls. */
  stopping: AbortSignal;
}
