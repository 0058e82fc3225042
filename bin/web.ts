import { readSettings } from '../src/config';
import { SettingsError } from '../src/errors';
import { createLog } from '../src/log';
import { connectDatabase } from '../src/models/connect';
import { openApplicationQueue } from '../src/queue/applications';
import { runUntilStopped } from '../src/shutdown';
import { createApp } from '../src/web/app';
import { listen } from '../src/web/listen';

/** The web process: settings, stores (which need not be there yet), one HTTP server until SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog('web', settings.logLevel);
  const database = connectDatabase(settings.databaseUrl, { applicationName: 'conv web' });
  const queue = openApplicationQueue(settings, log);
  const app = createApp({ database, queue, log, webhookSecrets: settings.webhookSecrets });
  const server = await listen(app, settings.port, settings.host);
  log.info({ url: server.url }, 'ready');
  process.send?.({ ready: true, url: server.url });
  await runUntilStopped(log, settings.shutdownMs, async () => {
    await server.close();
    await Promise.all([queue.close(), database.sequelize.close()]);
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
