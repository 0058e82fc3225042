import type Koa from 'koa';
import type { FeedHub } from '../events/feed-hub';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import type { PushQueue } from '../queue/push';
import type { QueueCapacity } from '../queue/capacity';
import type { Rate } from '../lib/rate';

/** What a request carries from one middleware to the next. */
export interface State extends Koa.DefaultState {
  requestId: string;
  /** Fields for the request's log line, ids only. */
  facts: Record<string, string | number | boolean | null>;
}

export type Context = Koa.ParameterizedContext<State>;
export type Middleware = Koa.Middleware<State>;

/** What the web process is made of. */
export interface WebDeps {
  database: Database;
  queue: ApplicationQueue;
  /** Shown beside it; filled and emptied by workers. */
  push: PushQueue;
  hub: FeedHub;
  /** Whether the queue takes more. */
  room: QueueCapacity;
  /** How much one sender may send; null for no limit. */
  rateLimit: Rate | null;
  log: Logger;
  /** Keys of the configured webhook secrets; none configured means that no signature is accepted. */
  webhookSecrets: readonly Buffer[];
  /** Ends what would never end by itself (streams, long polls) when the process stops. */
  stopping: AbortSignal;
}
