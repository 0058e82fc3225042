import { readSettings } from '../src/lib/config';
import { exitWithError } from '../src/lib/exit-with-error';
import { exitOnUncaughtException } from '../src/lib/uncaught-exceptions';
import { createLogger } from '../src/lib/log';
import { createMetrics } from '../src/metrics/metrics';
import { observeProcess } from '../src/metrics/process-gauges';
import { publishMetrics } from '../src/metrics/publisher';
import { connectDatabase } from '../src/models/connect';
import { poolSize } from '../src/models/pool-sizes';
import { openQueues } from '../src/queue/queues';
import { watchDurability } from '../src/queue/watch-durability';
import { openTracing } from '../src/tracing/open-tracing';
import { warnOfUnsafeTls } from '../src/lib/tls';
import { runUntilStopped } from '../src/lib/shutdown';
import { startHealthServer } from '../src/worker/health-server';
import { startFailoverWatcher } from '../src/worker/failover-watcher';
import { startFailureRecorder } from '../src/worker/failure-recorder';
import { startJobCleanup } from '../src/worker/job-cleanup';
import { startMetricsUpkeep } from '../src/worker/metrics-upkeep';
import { startPushing } from '../src/worker/start-pushing';
import { startRetention } from '../src/worker/event-retention';
import { startPayloadRetention } from '../src/worker/payload-retention';
import { startWorker } from '../src/worker/application-worker';

/** Processes jobs until it is asked to stop. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const tracing = await openTracing('worker', settings, () => log);
  const log = createLogger('worker', settings.logLevel, tracing ? () => tracing.logFields() : undefined);
  exitOnUncaughtException(log);
  warnOfUnsafeTls(settings, log);
  const database = connectDatabase(settings.databaseUrl, {
    poolSize: poolSize('worker', settings.databasePoolSize),
    applicationName: 'conv worker',
    tls: settings.databaseTls,
    tracing,
  });
  const queues = openQueues(settings, log);
  watchDurability(queues.connection, {
    required: settings.requireDurableRedis,
    log,
    refuse: exitWithError,
  });
  const { applications, push } = queues;
  const { clock } = applications;
  const metrics = createMetrics('worker');
  metrics.observeRedis(queues.connection);
  observeProcess(metrics, { database, clock });
  const publisher = publishMetrics(metrics, applications, log);
  // Before jobs are taken: a port that is taken ends the process.
  let isReady = false;
  const health = await startHealthServer(settings, () => isReady, metrics, log);
  const worker = startWorker(settings, { database, clock, metrics, log });
  const pushing = startPushing(settings, { database, queue: push, metrics, log });
  const tasks = [
    startRetention(database, settings, log),
    startPayloadRetention(database, settings.keepPayloadsDays, log),
    startJobCleanup(queues, database, settings.keepCompletedSeconds, log),
    startFailureRecorder(applications, database, log),
    startFailoverWatcher(applications, database, log),
    startMetricsUpkeep(applications, log),
  ];
  void worker.ready().then(() => {
    isReady = true;
    log.info({ concurrency: settings.workerConcurrency, pushes: settings.receiver !== null }, 'ready');
    process.send?.({ ready: true });
  });
  await runUntilStopped(log, settings.shutdownMs, async () => {
    await Promise.all([worker, pushing, health, ...tasks].map((part) => part.close()));
    await publisher.close();
    await queues.close();
    await database.sequelize.close();
    await tracing?.close();
  });
}

main().catch(exitWithError);
