import { readSettings } from '../src/config';
import { SettingsError } from '../src/errors';
import { openHub } from '../src/events/hub';
import { tellLastWords } from '../src/last-words';
import { createLog } from '../src/log';
import { connectDatabase } from '../src/models/connect';
import { openApplicationQueue } from '../src/queue/applications';
import { awaitQueue } from '../src/queue/open';
import { openPushQueue } from '../src/queue/push';
import { watchRoom } from '../src/queue/room';
import { runUntilStopped } from '../src/shutdown';
import { createApp } from '../src/web/app';
import { listen } from '../src/web/listen';

/** With the one that listens for events, below ten, however many readers there are. */
const POOL_SIZE = 8;

/** The first request must not meet a queue that is only just being connected to. */
const QUEUE_WITHIN_MS = 1000;

/** The web process: settings, stores (which need not be there yet), one HTTP server until SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const { databaseUrl, webhookSecrets, rateLimit } = settings;
  const log = createLog('web', settings.logLevel);
  tellLastWords(log);
  const database = connectDatabase(databaseUrl, { poolSize: POOL_SIZE, applicationName: 'conv web' });
  const queue = openApplicationQueue(settings, log);
  const push = openPushQueue(settings, log);
  const hub = openHub(database, databaseUrl, log);
  const room = watchRoom(queue, settings.queueLimit, log);
  const stopping = new AbortController();
  const stores = { database, queue, push, hub, room };
  const app = createApp({ ...stores, log, webhookSecrets, rateLimit, stopping: stopping.signal });
  await awaitQueue(queue, QUEUE_WITHIN_MS);
  const server = await listen(app, settings.port, settings.host);
  log.info({ url: server.url }, 'ready');
  process.send?.({ ready: true, url: server.url });
  await runUntilStopped(log, settings.shutdownMs, async () => {
    const closed = server.close();
    stopping.abort();
    await closed;
    await room.close();
    await Promise.all([queue.close(), push.close(), hub.close()]);
    await database.sequelize.close();
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error instanceof Error && error.stack);
  process.exit(1);
});
