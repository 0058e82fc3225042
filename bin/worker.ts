import { allocateSparingly } from '../src/allocation';
import { readSettings } from '../src/config';
import { SettingsError } from '../src/errors';
import { tellLastWords } from '../src/last-words';
import { createLog } from '../src/log';
import { connectDatabase } from '../src/models/connect';
import { runUntilStopped } from '../src/shutdown';
import { startForgettingJobs } from '../src/worker/finished-jobs';
import { startPushing } from '../src/worker/pushing';
import { startRetention } from '../src/worker/retention';
import { startWorker } from '../src/worker/worker';

/** Two decide batches; the others are for what is decided alone, for retention and for pushing events. */
const POOL_SIZE = 10;

/** The worker process: settings, one pool, jobs until SIGTERM. */
async function main(): Promise<void> {
  allocateSparingly();
  const settings = readSettings(process.env);
  const log = createLog('worker', settings.logLevel);
  tellLastWords(log);
  const options = { poolSize: POOL_SIZE, applicationName: 'conv worker' };
  const database = connectDatabase(settings.databaseUrl, options);
  const worker = startWorker(settings, database, log);
  const pushing = startPushing(settings, database, log);
  const retention = startRetention(database, settings, log);
  const forgetting = startForgettingJobs(settings, log);
  void worker.ready().then(() => {
    log.info({ concurrency: settings.workerConcurrency, pushes: settings.receiver !== null }, 'ready');
    process.send?.({ ready: true });
  });
  await runUntilStopped(log, settings.shutdownMs, async () => {
    await Promise.all([worker.close(), pushing.close(), retention.close(), forgetting.close()]);
    await database.sequelize.close();
  });
}

main().catch((error: unknown) => {
  console.error(error instanceof SettingsError ? error.message : error instanceof Error && error.stack);
  process.exit(1);
});
