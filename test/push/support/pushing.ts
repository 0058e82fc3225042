import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FeedEvent } from '../../../src/lib/domain';
import { readFeed } from '../../../src/events/feed';
import { assignPositions } from '../../../src/events/position';
import { switchPushingOn } from '../../../src/events/switch-pushing-on';
import { createMetrics } from '../../../src/metrics/metrics';
import { connectDatabase } from '../../../src/models/connect';
import { openPushQueue } from '../../../src/queue/push';
import { PUSH_RETRY_POLICY, type PushRetryPolicy } from '../../../src/worker/push-retry-policy';
import { startPushing } from '../../../src/worker/start-pushing';
import type { Logger } from '../../../src/lib/log';
import type { Tracing } from '../../../src/tracing/tracing';
import { clearTables, type TestDatabase } from '../../support/database';
import { silentLog, type TestQueue } from '../../support/queue';
import type { TestReceiver } from './receiver';

/** Short intervals make tests fast. Timeouts and locks stay long, so that a busy machine causes no failed attempt. */
const SHORT_INTERVALS: PushRetryPolicy = {
  ...PUSH_RETRY_POLICY,
  firstBackoff: 10,
  longestBackoff: 200,
  longestTurnCheck: 200,
  stalledInterval: 300,
};

/** For tests in which receivers hang and workers are killed, and an additional attempt does no harm. */
const SHORT_TIMEOUTS: PushRetryPolicy = { ...SHORT_INTERVALS, responseTimeout: 500, lockDuration: 1000 };

const settingsFor = (stores: TestDatabase, queue: TestQueue) => ({
  databaseDirectUrl: stores.url,
  redisUrl: queue.redisUrl,
  queuePrefix: queue.prefix,
});

interface PushingOptions {
  to?: Pick<TestReceiver, 'url' | 'key'>;
  log?: Logger;
  /** Null records no traces. */
  tracing?: Tracing | null;
}

/** Starts pushing in this process; returns a function that stops it. */
export function runPushing(
  stores: TestDatabase,
  queue: TestQueue,
  receiver: Pick<TestReceiver, 'url' | 'key'>,
  retryPolicy: Partial<PushRetryPolicy> = {},
  { log = silentLog, tracing = null }: Omit<PushingOptions, 'to'> = {},
): () => Promise<void> {
  const database = connectDatabase(stores.url, { tracing });
  const settings = { ...settingsFor(stores, queue), receiver };
  const push = openPushQueue(settings, log);
  const deps = { database, queue: push, metrics: createMetrics('worker'), log };
  const pushing = startPushing(settings, deps, { ...SHORT_INTERVALS, ...retryPolicy });
  return async () => {
    await pushing.close();
    await push.close();
    await database.sequelize.close();
  };
}

/**
 * Lets each test of a file start pushing in this process. Afterwards it is stopped, and queue and tables are empty.
 * @returns functions that start and stop it
 */
export function usePushing(stores: TestDatabase, queue: TestQueue, receiver: TestReceiver) {
  let stopCurrent: (() => Promise<void>) | null = null;
  const stop = async (): Promise<void> => {
    await stopCurrent?.();
    stopCurrent = null;
  };
  afterEach(async () => {
    await stop();
    await queue.push.queue.resume();
    await queue.push.queue.obliterate({ force: true });
    await clearTables(stores);
  });
  return {
    start(
      retryPolicy: Partial<PushRetryPolicy> = {},
      { to = receiver, ...options }: PushingOptions = {},
    ): void {
      stopCurrent = runPushing(stores, queue, to, retryPolicy, options);
    },
    stop,
  };
}

/** Starts pushing in a process of its own; resolves to a function that kills it with SIGKILL. Pushes all later events. */
export async function spawnPushing(
  stores: TestDatabase,
  queue: TestQueue,
  { url, secret }: TestReceiver,
): Promise<() => Promise<void>> {
  await switchPushingOn(stores.database);
  const settings = { ...settingsFor(stores, queue), url, secret, retryPolicy: SHORT_TIMEOUTS };
  const child = spawn(process.execPath, [join(__dirname, 'push-worker.js')], {
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], PUSH_SETTINGS: JSON.stringify(settings) },
  });
  await once(child, 'message');
  return async () => {
    const exit = once(child, 'exit');
    child.kill('SIGKILL');
    await exit;
  };
}

/** Returns every event, in the order of the feed. */
export async function allEvents({ database }: TestDatabase): Promise<FeedEvent[]> {
  await assignPositions(database);
  return (await readFeed(database, { after: null, types: undefined, limit: 1_000_000 })).data;
}

const applicationId = ({ data }: FeedEvent) => ('application_id' in data ? data.application_id : data.id);

/** Groups the ids of events by application, keeping their order. */
export function groupByApplication(events: FeedEvent[]): Map<string, string[]> {
  const groups = new Map<string, string[]>();
  for (const event of events) {
    const id = applicationId(event);
    groups.set(id, [...(groups.get(id) ?? []), event.id]);
  }
  return groups;
}
