import { Redis } from 'ioredis';
import { DEFAULT_TLS, tlsOptions, type TlsSettings } from '../lib/tls';

const CONNECT_TIMEOUT_MS = 2000;
/** Shorter than the second within which the webhook answers. */
const COMMAND_TIMEOUT_MS = 900;

/** Reconnects within a second of Redis' return. */
const reconnectDelay = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

/** Where Redis is, and how its certificate is checked. */
export interface RedisSettings {
  redisUrl: string;
  redisTls?: TlsSettings;
}

interface ConnectionOptions {
  maxRetriesPerRequest: number | null;
  enableOfflineQueue?: boolean;
  /** Milliseconds. */
  commandTimeout?: number;
}

/**
 * Sends the commands of one turn of the event loop in one write to the socket. Redis then reads, runs and syncs them to disk
 * together; a write for each costs more than the commands themselves (docs/decisions.md).
 */
class BatchingRedis extends Redis {
  private isCorked = false;

  override sendCommand(...args: Parameters<Redis['sendCommand']>): unknown {
    this.corkUntilEndOfTurn();
    return super.sendCommand(...args);
  }

  private corkUntilEndOfTurn(): void {
    const { stream } = this as Partial<Pick<Redis, 'stream'>>; // Undefined before the first connection.
    if (this.isCorked || !stream) return;
    this.isCorked = true;
    stream.cork();
    setImmediate(() => {
      this.isCorked = false;
      stream.uncork();
    });
  }
}

/** Connects without logging: queues and workers repeat the errors of their connection, and logErrors logs those. */
function connect({ redisUrl, redisTls = DEFAULT_TLS }: RedisSettings, options: ConnectionOptions): Redis {
  return new BatchingRedis(redisUrl, {
    retryStrategy: reconnectDelay,
    connectTimeout: CONNECT_TIMEOUT_MS,
    ...(redisUrl.startsWith('rediss:') && { tls: tlsOptions(redisTls) }),
    ...options,
  });
}

/** Opens a connection whose commands fail at once while Redis is unavailable, for callers that must answer quickly. */
export function connectForCommands(settings: RedisSettings): Redis {
  return connect(settings, {
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    commandTimeout: COMMAND_TIMEOUT_MS,
  });
}

/** Opens a connection for a worker, whose blocking commands wait through an outage, as BullMQ requires. */
export function connectForWorker(settings: RedisSettings): Redis {
  return connect(settings, { maxRetriesPerRequest: null });
}

/** Whether Redis refused a command. Many managed Redis services forbid INFO, CONFIG and CLIENT. */
export function isRefused(error: unknown): boolean {
  return error instanceof Error && error.name === 'ReplyError';
}
