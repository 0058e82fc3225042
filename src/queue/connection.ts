import { Redis } from 'ioredis';
import type { Logger } from '../lib/log';

const CONNECT_TIMEOUT_MS = 2000;
/** Shorter than the second within which the webhook answers. */
const COMMAND_TIMEOUT_MS = 900;

/** Reconnects within a second of Redis' return. */
const reconnectDelay = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

/** ioredis emits an error for every failed attempt to connect; the log gets one line per outage and one per recovery. */
function logOutages(connection: Redis, log: Logger): void {
  let unavailable = false;
  connection.on('error', (error: unknown) => {
    if (!unavailable) log.error({ err: error }, 'redis is unavailable');
    unavailable = true;
  });
  connection.on('ready', () => {
    if (unavailable) log.info('redis is available again');
    unavailable = false;
  });
}

interface ConnectionOptions {
  maxRetriesPerRequest: number | null;
  enableOfflineQueue?: boolean;
  /** Milliseconds. */
  commandTimeout?: number;
}

function connect(url: string, log: Logger, options: ConnectionOptions): Redis {
  const connection = new Redis(url, {
    retryStrategy: reconnectDelay,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...options,
  });
  logOutages(connection, log);
  return connection;
}

/** Opens a connection whose commands fail at once while Redis is unavailable, for callers that must answer quickly. */
export function connectForCommands(url: string, log: Logger): Redis {
  return connect(url, log, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** Opens a connection for a worker, whose blocking commands wait through an outage, as BullMQ requires. */
export function connectForWorker(url: string, log: Logger): Redis {
  return connect(url, log, { maxRetriesPerRequest: null });
}
