import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { setting, stopOnSigterm } from './serve';

/** The least that BullMQ costs: a worker that does nothing with its jobs. */
const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const worker = new Worker('applications', () => Promise.resolve({ status: 'ACCEPTED' }), {
  connection,
  prefix: 'conv',
  concurrency: Number(setting('CONCURRENCY')),
});
void worker.waitUntilReady().then(() => process.send?.({ ready: true }));
stopOnSigterm(() => worker.close());
