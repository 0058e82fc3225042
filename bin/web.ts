import cluster from 'node:cluster';
import { readSettings, type Settings } from '../src/lib/config';
import { exitWithError } from '../src/lib/exit-with-error';
import { openFeedHub } from '../src/events/feed-hub';
import { exitOnUncaughtException } from '../src/lib/uncaught-exceptions';
import { createLogger, type Logger } from '../src/lib/log';
import { createMetrics } from '../src/metrics/metrics';
import { observeProcess } from '../src/metrics/process-gauges';
import { publishMetrics } from '../src/metrics/publisher';
import { connectDatabase, type Database } from '../src/models/connect';
import { poolSize } from '../src/models/pool-sizes';
import { openQueues } from '../src/queue/queues';
import { watchQueueCapacity } from '../src/queue/capacity';
import { watchDurability } from '../src/queue/watch-durability';
import { runUntilStopped, withDeadline } from '../src/lib/shutdown';
import { warnOfUnsafeTls } from '../src/lib/tls';
import { openTracing } from '../src/tracing/open-tracing';
import type { Tracing } from '../src/tracing/tracing';
import { checkSenderNames } from '../src/tokens/sender-names';
import { createApp } from '../src/web/app';
import { runCluster } from '../src/web/cluster';
import { listen } from '../src/web/listen';

/** How long to wait for Redis before listening, so that the first request finds a connection. */
const QUEUE_WITHIN_MS = 1000;

function reportReady(log: Logger, url: string): void {
  log.info({ url }, 'ready');
  process.send?.({ ready: true, url });
}

/** Warns of a token that names its sender differently from the secrets. */
async function warnOfSenderNames(
  database: Database,
  senders: Settings['senders'],
  log: Logger,
): Promise<void> {
  try {
    const problem = await checkSenderNames(database, senders);
    if (problem !== null) log.warn(`${problem}; its requests are refused`);
  } catch {
    // PostgreSQL may be down when web starts. The requests are refused all the same.
  }
}

/** Runs one web process until it is asked to stop. PostgreSQL and Redis may be unavailable when it starts. */
async function serve(settings: Settings, tracing: Tracing | null, log: Logger): Promise<never> {
  const { databaseUrl, databaseReadUrl, databaseDirectUrl, senders, rateLimit } = settings;
  warnOfUnsafeTls(settings, log);
  const connection = {
    poolSize: poolSize('web', settings.databasePoolSize),
    applicationName: 'conv web',
    tls: settings.databaseTls,
    tracing,
  };
  const database = connectDatabase(databaseUrl, connection);
  const replica = databaseReadUrl === null ? null : connectDatabase(databaseReadUrl, connection);
  const queues = openQueues(settings, log);
  const { applications: queue, push } = queues;
  const metrics = createMetrics('web');
  metrics.observeRedis(queues.connection);
  observeProcess(metrics, { database, clock: queue.clock });
  const publisher = publishMetrics(metrics, queue, log);
  const hub = openFeedHub(database, databaseDirectUrl, log);
  const capacity = watchQueueCapacity(queue, settings.queueLimit, log);
  const durability = watchDurability(queues.connection, {
    required: settings.requireDurableRedis,
    log,
    refuse: exitWithError,
  });
  const stopping = new AbortController();
  const stores = { database, replica, queue, push, hub, capacity, redisWarnings: durability.warnings };
  const app = createApp({ ...stores, metrics, log, senders, rateLimit, stopping: stopping.signal });
  await withDeadline(durability.checked, QUEUE_WITHIN_MS);
  void warnOfSenderNames(database, senders, log);
  const server = await listen(app, settings.port, settings.host);
  const stopped = runUntilStopped(log, settings.shutdownMs, async () => {
    const closed = server.close();
    stopping.abort();
    await closed;
    await capacity.close();
    await publisher.close();
    await Promise.all([queues.close(), hub.close()]);
    await Promise.all([database.sequelize.close(), replica?.sequelize.close()]);
    await tracing?.close();
  });
  reportReady(log, server.url); // After that a signal may come at once.
  return stopped;
}

/** Runs one web process, or several behind one port. */
async function main(): Promise<never> {
  const settings = readSettings(process.env);
  const { webConcurrency: count, shutdownMs } = settings;
  const runsCluster = count > 1 && cluster.isPrimary;
  const tracing = runsCluster ? null : await openTracing('web', settings, () => log);
  const log = createLogger('web', settings.logLevel, tracing ? () => tracing.logFields() : undefined);
  exitOnUncaughtException(log);
  if (runsCluster) return runCluster({ count, shutdownMs }, log, (url) => reportReady(log, url));
  return serve(settings, tracing, log);
}

main().catch(exitWithError);
