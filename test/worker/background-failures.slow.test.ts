import { openFeedHub } from '../../src/events/feed-hub';
import type { Logger } from '../../src/lib/log';
import { createMetrics } from '../../src/metrics/metrics';
import { connectDatabase, type Database } from '../../src/models/connect';
import { openPushQueue } from '../../src/queue/push';
import { openQueues } from '../../src/queue/queues';
import { startJobCleanup } from '../../src/worker/job-cleanup';
import { startOutboxRelay } from '../../src/worker/outbox-relay';
import { startPushReconciler } from '../../src/worker/push-reconciler';
import { PUSH_RETRY_POLICY } from '../../src/worker/push-retry-policy';
import { startPushWorker } from '../../src/worker/push-worker';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';
import { recordingLog } from '../support/recording-log';

const stores = useDatabase();
const queue = useQueue();

let postgres: Proxy;
let redis: Proxy;
let database: Database;
beforeAll(async () => {
  postgres = await forwardTo(stores.url);
  redis = await forwardTo(queue.redisUrl);
  database = connectDatabase(postgres.through(stores.url));
  atEnd(() => database.sequelize.close());
});
afterEach(() => {
  postgres.restore();
  redis.restore();
});

const OFTEN_MS = 20;
const hubOn = (url: string, log: Logger) => openFeedHub(database, url, log);
const settings = () => ({
  redisUrl: redis.through(queue.redisUrl),
  queuePrefix: queue.prefix,
  keepCompletedSeconds: 3600,
});

function startRelay(log: Logger) {
  const hub = hubOn(stores.url, recordingLog().log);
  const relay = startOutboxRelay({ database, hub, queue: queue.push, log });
  return {
    async close() {
      await relay.close();
      await hub.close();
    },
  };
}

function startCleanup(log: Logger) {
  const queues = openQueues(settings(), recordingLog().log);
  const cleanup = startJobCleanup(queues, stores.database, 3600, log, OFTEN_MS);
  return {
    async close() {
      await cleanup.close();
      await queues.close();
    },
  };
}

const NO_RECEIVER = { url: 'http://127.0.0.1:1', key: Buffer.alloc(24) };

interface Case {
  task: string;
  store: () => Proxy;
  start(log: Logger): { close(): Promise<void> };
}

const CASES: Case[] = [
  { task: 'outbox relay', store: () => postgres, start: startRelay },
  { task: 'event feed refresh', store: () => postgres, start: (log) => hubOn(stores.url, log) },
  {
    task: 'event listener',
    store: () => postgres,
    start: (log) => hubOn(postgres.through(stores.url), log),
  },
  {
    task: 'push reconciliation',
    store: () => postgres,
    start: (log) => startPushReconciler(database, queue.push, OFTEN_MS, log),
  },
  { task: 'job cleanup', store: () => redis, start: startCleanup },
  {
    task: 'push worker',
    store: () => redis,
    start: (log) =>
      startPushWorker(
        {
          database,
          queue: queue.push,
          receiver: NO_RECEIVER,
          retryPolicy: PUSH_RETRY_POLICY,
          metrics: createMetrics('worker'),
          log,
        },
        settings(),
      ),
  },
  { task: 'push queue', store: () => redis, start: (log) => openPushQueue(settings(), log) },
];

it.each(CASES)('warns once when an outage stops the $task, and logs its recovery', async (tested) => {
  const { log, lines } = recordingLog('info');
  const running = tested.start(log);
  const written = () =>
    lines
      .map((line) => JSON.parse(line) as { level: string; msg: string })
      .filter(({ msg }) => msg.startsWith(tested.task))
      .map(({ level, msg }) => `${level}: ${msg}`);
  try {
    const before = tested.store().refusedConnections();
    tested.store().cut();
    await eventually(() => written().length > 0, 20_000);
    await eventually(() => tested.store().refusedConnections() >= before + 3);
    tested.store().restore();
    await eventually(() => written().length > 1, 20_000);
    expect(written()).toEqual([`warn: ${tested.task} failed; retrying`, `info: ${tested.task} recovered`]);
  } finally {
    await running.close();
  }
});
