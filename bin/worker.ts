import { readSettings } from '../src/config';
import { SettingsError } from '../src/errors';
import { createLog } from '../src/log';
import { connectDatabase } from '../src/models/connect';
import { runUntilStopped } from '../src/shutdown';
import { startPushing } from '../src/worker/pushing';
import { startRetention } from '../src/worker/retention';
import { startWorker } from '../src/worker/worker';

/** Beside the jobs in hand: retention, and pushing events. */
const OTHER_CONNECTIONS = 4;

/** The worker process: settings, one pool with a connection per job in hand, jobs until SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog('worker', settings.logLevel);
  const poolSize = settings.workerConcurrency + OTHER_CONNECTIONS;
  const database = connectDatabase(settings.databaseUrl, { poolSize, applicationName: 'conv worker' });
  const worker = startWorker(settings, database, log);
  const pushing = startPushing(settings, database, log);
  const retention = startRetention(database, settings, log);
  void worker.ready().then(() => {
    log.info({ concurrency: settings.workerConcurrency, pushes: settings.receiver !== null }, 'ready');
    process.send?.({ ready: true });
  });
  await runUntilStopped(log, settings.shutdownMs, async () => {
    await Promise.all([worker.close(), pushing.close(), retention.close()]);
    await database.sequelize.close();
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
