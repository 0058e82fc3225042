import cluster from 'node:cluster';
import { readSettings, type Settings } from '../src/lib/config';
import { SettingsError } from '../src/lib/errors';
import { openFeedHub } from '../src/events/feed-hub';
import { exitOnUncaughtException } from '../src/lib/uncaught-exceptions';
import { createLogger, type Logger } from '../src/lib/log';
import { connectDatabase } from '../src/models/connect';
import { WEB_POOL_SIZE } from '../src/models/pool-sizes';
import { openApplicationQueue } from '../src/queue/applications';
import { waitForQueue } from '../src/queue/open';
import { openPushQueue } from '../src/queue/push';
import { watchQueueCapacity } from '../src/queue/capacity';
import { runUntilStopped } from '../src/lib/shutdown';
import { createApp } from '../src/web/app';
import { runCluster } from '../src/web/cluster';
import { listen } from '../src/web/listen';

/** How long to wait for Redis before listening, so that the first request finds a connection. */
const QUEUE_WITHIN_MS = 1000;

function reportReady(log: Logger, url: string): void {
  log.info({ url }, 'ready');
  process.send?.({ ready: true, url });
}

/** Runs one web process until it is asked to stop. PostgreSQL and Redis may be unavailable when it starts. */
async function serve(settings: Settings, log: Logger): Promise<never> {
  const { databaseUrl, databaseDirectUrl, webhookSecrets, rateLimit } = settings;
  const database = connectDatabase(databaseUrl, { poolSize: WEB_POOL_SIZE, applicationName: 'conv web' });
  const queue = openApplicationQueue(settings, log);
  const push = openPushQueue(settings, log);
  const hub = openFeedHub(database, databaseDirectUrl, log);
  const capacity = watchQueueCapacity(queue, settings.queueLimit, log);
  const stopping = new AbortController();
  const stores = { database, queue, push, hub, capacity };
  const app = createApp({ ...stores, log, webhookSecrets, rateLimit, stopping: stopping.signal });
  await waitForQueue(queue, QUEUE_WITHIN_MS);
  const server = await listen(app, settings.port, settings.host);
  reportReady(log, server.url);
  return runUntilStopped(log, settings.shutdownMs, async () => {
    const closed = server.close();
    stopping.abort();
    await closed;
    await capacity.close();
    await Promise.all([queue.close(), push.close(), hub.close()]);
    await database.sequelize.close();
  });
}

/** Runs one web process, or several behind one port. */
function main(): Promise<never> {
  const settings = readSettings(process.env);
  const log = createLogger('web', settings.logLevel);
  exitOnUncaughtException(log);
  const { webConcurrency: count, shutdownMs } = settings;
  if (count === 1 || !cluster.isPrimary) return serve(settings, log);
  return runCluster({ count, shutdownMs }, log, (url) => reportReady(log, url));
}

Promise.resolve()
  .then(main)
  .catch((error: unknown) => {
    console.error(error instanceof SettingsError ? error.message : error instanceof Error && error.stack);
    process.exit(1);
  });
