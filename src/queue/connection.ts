import { Redis } from 'ioredis';

const CONNECT_TIMEOUT_MS = 2000;
/** Shorter than the second within which the webhook answers. */
const COMMAND_TIMEOUT_MS = 900;

/** Reconnects within a second of Redis' return. */
const reconnectDelay = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

interface ConnectionOptions {
  maxRetriesPerRequest: number | null;
  enableOfflineQueue?: boolean;
  /** Milliseconds. */
  commandTimeout?: number;
}

/** Connects without logging: queues and workers repeat the errors of their connection, and logErrors logs those. */
function connect(url: string, options: ConnectionOptions): Redis {
  return new Redis(url, { retryStrategy: reconnectDelay, connectTimeout: CONNECT_TIMEOUT_MS, ...options });
}

/** Opens a connection whose commands fail at once while Redis is unavailable, for callers that must answer quickly. */
export function connectForCommands(url: string): Redis {
  return connect(url, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** Opens a connection for a worker, whose blocking commands wait through an outage, as BullMQ requires. */
export function connectForWorker(url: string): Redis {
  return connect(url, { maxRetriesPerRequest: null });
}
