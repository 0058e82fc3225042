import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { FeedEvent } from '../../../src/lib/domain';
import { readFeed } from '../../../src/events/feed';
import { assignPositions } from '../../../src/events/position';
import { connectDatabase } from '../../../src/models/connect';
import { PUSH_RETRY_POLICY, type PushRetryPolicy } from '../../../src/worker/push-retry-policy';
import { startPushing } from '../../../src/worker/start-pushing';
import type { TestDatabase } from '../../support/database';
import { silentLog, type TestQueue } from '../../support/queue';
import type { TestReceiver } from './receiver';

/**
 * The same rules with short pauses, so that tests wait for what happens and not for a clock. How long an answer may take and how
 * long a job is locked stay as they are: a machine that is busy must not look like a fault that no test made.
 */
const QUICK: PushRetryPolicy = {
  ...PUSH_RETRY_POLICY,
  firstRetry: 10,
  longestRetry: 200,
  longestTurn: 200,
  lookForStalled: 300,
};

/** For receivers that hang and workers that are killed, where an attempt too many does no harm. */
const IMPATIENT: PushRetryPolicy = { ...QUICK, answerWithin: 500, lock: 1000 };

const settingsFor = (stores: TestDatabase, queue: TestQueue) => ({
  databaseUrl: stores.url,
  redisUrl: queue.redisUrl,
  queuePrefix: queue.prefix,
  keepCompletedSeconds: 3600,
});

/** Pushes in this process; resolves to what ends it. */
export function runPushing(
  stores: TestDatabase,
  queue: TestQueue,
  receiver: Pick<TestReceiver, 'url' | 'key'>,
  patience: Partial<PushRetryPolicy> = {},
): () => Promise<void> {
  const database = connectDatabase(stores.url);
  const settings = { ...settingsFor(stores, queue), receiver };
  const pushing = startPushing(settings, database, silentLog, { ...QUICK, ...patience });
  return async () => {
    await pushing.close();
    await database.sequelize.close();
  };
}

/** Pushes in a process of its own; resolves to what kills it, with SIGKILL and no farewell. */
export async function spawnPushing(
  stores: TestDatabase,
  queue: TestQueue,
  { url, secret }: TestReceiver,
): Promise<() => Promise<void>> {
  const settings = { ...settingsFor(stores, queue), url, secret, patience: IMPATIENT };
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

/** Every event there is, in the feed's order. */
export async function allEvents({ database }: TestDatabase): Promise<FeedEvent[]> {
  await assignPositions(database);
  return (await readFeed(database, { after: null, types: undefined, limit: 1_000_000 })).data;
}

const applicationOf = ({ data }: FeedEvent) => ('application_id' in data ? data.application_id : data.id);

/** The ids of the events of each application, in this order. */
export function perApplication(events: FeedEvent[]): Map<string, string[]> {
  const lines = new Map<string, string[]>();
  for (const event of events) {
    const application = applicationOf(event);
    lines.set(application, [...(lines.get(application) ?? []), event.id]);
  }
  return lines;
}
