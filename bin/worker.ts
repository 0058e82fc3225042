import { readSettings } from '../src/config';
import { SettingsError } from '../src/errors';
import { createLog } from '../src/log';
import { connectDatabase } from '../src/models/connect';
import { runUntilStopped } from '../src/shutdown';
import { startWorker } from '../src/worker/worker';

/** The worker process: settings, one pool with a connection per job in hand, jobs until SIGTERM. */
async function main(): Promise<void> {
  const settings = readSettings(process.env);
  const log = createLog('worker', settings.logLevel);
  const poolSize = settings.workerConcurrency + 1;
  const database = connectDatabase(settings.databaseUrl, { poolSize, applicationName: 'conv worker' });
  const worker = startWorker(settings, database, log);
  void worker.ready().then(() => {
    log.info({ concurrency: settings.workerConcurrency }, 'ready');
    process.send?.({ ready: true });
  });
  await runUntilStopped(log, settings.shutdownMs, async () => {
    await worker.close();
    await database.sequelize.close();
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error);
  process.exit(1);
});
