import { Queue, type DefaultJobOptions } from 'bullmq';
import type { Redis } from 'ioredis';
import type { Logger } from '../lib/log';
import { withDeadline } from '../lib/shutdown';
import { connectForCommands } from './connection';
import { logErrors } from './log-errors';

export interface QueueSettings {
  redisUrl: string;
  queuePrefix: string;
  keepCompletedSeconds: number;
}

/** The producers' side of a queue. */
export interface OpenQueue<Data, Result> {
  queue: Queue<Data, Result>;
  connection: Redis;
  close(): Promise<void>;
}

/** Every answer about a queue comes within this, be Redis gone, hanging or slow. */
export const QUEUE_TIMEOUT_MS = 900;

/**
 * Opens at once and for good: it works whenever Redis does. Finished jobs are kept for a while, failed ones until somebody
 * looks.
 */
export function openQueue<Data, Result>(
  name: string,
  settings: QueueSettings,
  log: Logger,
  retries: DefaultJobOptions = {},
): OpenQueue<Data, Result> {
  const connection = connectForCommands(settings.redisUrl, log);
  const queue = new Queue<Data, Result>(name, {
    connection,
    prefix: settings.queuePrefix,
    skipWaitingForReady: true,
    skipVersionCheck: true,
    skipMetasUpdate: true,
    defaultJobOptions: {
      ...retries,
      removeOnComplete: { age: settings.keepCompletedSeconds },
      removeOnFail: false,
    },
  });
  logErrors(queue, connection, log, `${name} queue`);
  return {
    queue,
    connection,
    async close() {
      await withDeadline(queue.close(), QUEUE_TIMEOUT_MS);
      connection.disconnect();
    },
  };
}

/** Waits for the first connection, but not longer than so many milliseconds: a Redis that is away keeps nobody from starting. */
export async function waitForQueue({ connection }: { connection: Redis }, ms: number): Promise<void> {
  if (connection.status === 'ready') return;
  await withDeadline(new Promise((resolve) => connection.once('ready', resolve)), ms);
}
