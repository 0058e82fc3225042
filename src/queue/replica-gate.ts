import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';
import { connectForCommands, type RedisClient, type RedisSettings } from './connection';
import { waitForQueue } from './open';

/** Two of them fit into the second of a webhook: the one that is running, and its own. */
const WAIT_MS = 400;
const CONNECT_MS = 300;
const MARK_MS = 1000;

/** Confirms that replicas have what was written, so that it survives the loss of the primary. */
export interface ReplicaGate {
  /**
   * Resolves when enough replicas have everything that was written so far.
   * @param jobKey a job that must be among it: a failover may just have lost it
   * @throws ConvError QUEUE_UNAVAILABLE; the job may exist all the same, so that a redelivery finds it
   */
  confirm(jobKey?: string): Promise<void>;
  close(): void;
}

/** For REDIS_MIN_REPLICAS=0: costs nothing. */
export const OPEN_GATE: ReplicaGate = { confirm: () => Promise.resolve(), close: () => undefined };

interface Waiter {
  jobKey: string | undefined;
  settle: (error?: ConvError) => void;
}

/**
 * Creates a gate with a connection of its own, because WAIT blocks the connection that it is sent on. One WAIT serves all waiters
 * of a turn of the event loop, and those that come while another one is running. In front of it the same connection checks that the
 * jobs exist and writes a mark: replicas that have the mark have the jobs, on whichever server the connection ends up.
 * @param markKey in the slot of the queue's keys
 */
export function createReplicaGate(
  settings: RedisSettings,
  minReplicas: number,
  markKey: string,
  log: Logger,
): ReplicaGate {
  const outageLog = createOutageLog(log, 'replication of accepted applications');
  let connection: RedisClient | null = null;
  let waiters: Waiter[] = [];
  let running = false;

  async function connect(): Promise<RedisClient> {
    if (!connection) {
      connection = connectForCommands(settings);
      connection.on('error', () => undefined); // The queue's own connection logs outages.
    }
    const opened = connection;
    await waitForQueue({ connection: opened }, CONNECT_MS);
    return opened;
  }

  /** Returns which of these jobs exist. */
  async function findReplicated(jobKeys: readonly (string | undefined)[]): Promise<boolean[]> {
    const pipeline = (await connect()).pipeline();
    for (const jobKey of jobKeys) pipeline.exists(jobKey ?? markKey);
    pipeline.set(markKey, '', 'PX', MARK_MS).wait(minReplicas, WAIT_MS);
    const replies = (await pipeline.exec()) ?? [];
    const failed = replies.find(([error]) => error)?.[0];
    if (failed) throw failed;
    const replicas = Number(replies.at(-1)?.[1] ?? 0);
    if (replicas < minReplicas)
      throw new Error(`${replicas} of ${minReplicas} replicas have the newest jobs`);
    return jobKeys.map((jobKey, n) => jobKey === undefined || replies[n]?.[1] === 1);
  }

  async function serve(served: readonly Waiter[]): Promise<void> {
    const refuse = (cause?: unknown) =>
      new ConvError('QUEUE_UNAVAILABLE', 'too few replicas of the queue have it: try again shortly', {
        cause,
      });
    try {
      const exist = await findReplicated(served.map(({ jobKey }) => jobKey));
      outageLog.recovered();
      for (const [n, { settle }] of served.entries()) settle(exist[n] ? undefined : refuse());
    } catch (cause) {
      const detail = cause instanceof Error ? cause.message : 'unknown error';
      outageLog.failed(new ConvError('QUEUE_UNAVAILABLE', detail, { cause }));
      for (const { settle } of served) settle(refuse(cause));
    }
  }

  async function run(): Promise<void> {
    while (waiters.length > 0) {
      const served = waiters;
      waiters = [];
      await serve(served);
    }
    running = false;
  }

  return {
    confirm(jobKey) {
      return new Promise((resolve, reject) => {
        waiters.push({ jobKey, settle: (error) => (error ? reject(error) : resolve()) });
        if (running) return;
        running = true;
        setImmediate(() => void run());
      });
    },
    close() {
      connection?.disconnect();
    },
  };
}
