import type { Queue, Worker } from 'bullmq';
import { ConvError, errorCode } from '../lib/errors';
import type { Logger } from '../lib/log';
import { isTlsError } from '../lib/tls';
import { createOutageLog } from '../lib/outage-log';
import type { RedisClient } from './connection';

/** ioredis reports a connection that broke, or cannot be made, with the socket's code; for several hosts there is none. */
function isConnectionError(error: Error): boolean {
  if (error.name === 'ClusterAllFailedError' || error.message.startsWith('All sentinels are unreachable'))
    return true;
  return isTlsError(error) || /^E[A-Z]{3,}$/.test(errorCode(error) ?? '');
}

/**
 * Logs the errors that a BullMQ queue or worker emits. An outage of Redis is logged once, although ioredis emits an
 * error for every attempt to connect; any other error is logged each time.
 * @param name names the queue or worker in the log, such as `push queue`
 */
export function logErrors(emitter: Queue | Worker, connection: RedisClient, log: Logger, name: string): void {
  const outageLog = createOutageLog(log, name);
  function failed(cause?: Error): void {
    const detail = isTlsError(cause)
      ? `the TLS connection to Redis failed: ${cause.message} (${cause.code})`
      : 'Redis cannot be reached';
    outageLog.failed(new ConvError('QUEUE_UNAVAILABLE', detail, { cause }));
  }
  (emitter as Queue).on('error', (error) => {
    if (isConnectionError(error)) failed(error);
    else log.error({ err: error }, `${name} error`);
  });
  connection.on('reconnecting', () => failed()); // A connection that is closed cleanly causes no error.
  connection.on('ready', () => outageLog.recovered());
}
