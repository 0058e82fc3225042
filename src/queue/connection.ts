import { Redis } from 'ioredis';
import type { Logger } from '../lib/log';

/** Back within a second of Redis' return, without hammering it meanwhile. */
const reconnectDelay = (attempt: number) => Math.min(50 * 2 ** Math.min(attempt, 5), 1000);

/** ioredis emits an error for every failed attempt to connect; a log wants to know that it went and that it came back. */
function tellOutages(connection: Redis, log: Logger): void {
  let away = false;
  connection.on('error', (error: unknown) => {
    if (!away) log.error({ err: error }, 'redis is away');
    away = true;
  });
  connection.on('ready', () => {
    if (away) log.info('redis is back');
    away = false;
  });
}

/**
 * Sends the commands of one turn of the event loop in one write. A write for each is a system call here and a read in Redis, and
 * under load they cost more than what they carry; ioredis's own auto-pipelining costs more than it saves.
 */
function writeTogether(connection: Redis): void {
  connection.on('connect', () => {
    const { stream } = connection;
    const write = stream.write.bind(stream) as (...chunk: unknown[]) => boolean;
    let held = false;
    stream.write = (...chunk: unknown[]) => {
      if (!held) {
        held = true;
        stream.cork();
        setImmediate(() => {
          held = false;
          stream.uncork();
        });
      }
      return write(...chunk);
    };
  });
}

interface Patience {
  maxRetriesPerRequest: number | null;
  enableOfflineQueue?: boolean;
  /** Milliseconds. */
  commandTimeout?: number;
}

function connect(url: string, log: Logger, options: Patience): Redis {
  const connection = new Redis(url, { retryStrategy: reconnectDelay, connectTimeout: 2000, ...options });
  tellOutages(connection, log);
  writeTogether(connection);
  return connection;
}

/** For whoever must answer at once: a command fails while Redis is away instead of waiting for it. */
export function connectForCommands(url: string, log: Logger): Redis {
  return connect(url, log, { enableOfflineQueue: false, maxRetriesPerRequest: 0, commandTimeout: 900 });
}

/** For workers: blocking commands wait through an outage, as BullMQ requires. */
export function connectForWorker(url: string, log: Logger): Redis {
  return connect(url, log, { maxRetriesPerRequest: null });
}
