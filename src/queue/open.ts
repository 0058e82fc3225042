import type { DefaultJobOptions } from 'bullmq';
import type { Logger } from '../lib/log';
import { withDeadline } from '../lib/shutdown';
import { connectForCommands, keyPrefix, type RedisClient, type RedisSettings } from './connection';
import { logErrors } from './log-errors';
import { PausableQueue } from './pausable-queue';

export interface QueueSettings extends RedisSettings {
  queuePrefix: string;
  /** How many replicas must have an application before it is acknowledged. */
  redisMinReplicas?: number;
}

/** A queue as producers use it, with the connection that it uses. */
export interface OpenQueue<Data, Result> {
  queue: PausableQueue<Data, Result>;
  connection: RedisClient;
  close(): Promise<void>;
}

/** Limits every call to a queue, whether Redis is down, hangs or is slow. */
export const QUEUE_TIMEOUT_MS = 900;

/**
 * Opens a queue without waiting for Redis; it connects, and reconnects, in the background. Completed jobs are kept until the cleanup
 * of a worker removes them (src/worker/job-cleanup.ts), failed ones until an operator acts.
 * @param shared a connection that others use too, so closing the queue leaves it open; without it the queue has its own
 */
export function openQueue<Data, Result>(
  name: string,
  settings: QueueSettings,
  log: Logger,
  jobOptions: DefaultJobOptions = {},
  shared?: RedisClient,
): OpenQueue<Data, Result> {
  const connection = shared ?? connectForCommands(settings);
  const queue = new PausableQueue<Data, Result>(name, {
    connection,
    prefix: keyPrefix(settings),
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
    defaultJobOptions: { ...jobOptions, removeOnComplete: false, removeOnFail: false },
  });
  logErrors(queue, connection, log, `${name} queue`);
  return {
    queue,
    connection,
    async close() {
      await withDeadline(queue.close(), QUEUE_TIMEOUT_MS);
      if (!shared) connection.disconnect();
    },
  };
}

/** How long background work waits for the queue: at its start a process is not connected yet. */
export const CONNECT_WITHIN_MS = 5000;

/**
 * Waits until the queue is connected, at most `ms` milliseconds, so that a process also starts while Redis is down.
 * @param ended ends the wait early
 */
export async function waitForQueue(
  { connection }: { connection: RedisClient },
  ms: number,
  ended?: AbortSignal,
): Promise<void> {
  if (connection.status === 'ready' || ended?.aborted) return;
  let resolve = (): void => undefined;
  const waiting = new Promise<void>((settle) => (resolve = settle));
  connection.once('ready', resolve);
  ended?.addEventListener('abort', resolve);
  try {
    await withDeadline(waiting, ms);
  } finally {
    connection.off('ready', resolve);
    ended?.removeEventListener('abort', resolve);
  }
}
