import type { WhenActive } from '../../src/lib/domain';
import type { Logger } from '../../src/lib/log';
import { createMetrics, type Metrics } from '../../src/metrics/metrics';
import { connectDatabase, type Database } from '../../src/models/connect';
import { startWorker } from '../../src/worker/application-worker';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { silentLog, type TestQueue } from './queue';

export interface WorkerOptions {
  whenActive?: WhenActive;
  workerConcurrency?: number;
  metrics?: Metrics;
  log?: Logger;
}

/** Starts a worker in this process. Resolves to a function that stops it. */
export async function runWorker(
  stores: TestDatabase,
  queue: TestQueue,
  {
    whenActive = 'reject',
    workerConcurrency = 5,
    metrics = createMetrics('worker'),
    log = silentLog,
  }: WorkerOptions = {},
): Promise<() => Promise<void>> {
  const database: Database = connectDatabase(stores.url);
  const settings = { redisUrl: queue.redisUrl, queuePrefix: queue.prefix, workerConcurrency, whenActive };
  const worker = startWorker(settings, { database, clock: queue.applications.clock, metrics, log });
  await worker.ready();
  return async () => {
    await worker.close();
    await database.sequelize.close();
  };
}

/** Runs a worker in this process during the test file. */
export function useWorker(stores: TestDatabase, queue: TestQueue): void {
  let stop: () => Promise<void>;
  beforeAll(async () => {
    stop = await runWorker(stores, queue);
  });
  atEnd(() => stop());
}
