import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { setting, untilTold } from './serve';

/** A worker that does nothing with its jobs: what BullMQ costs at the least. */
const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const worker = new Worker('applications', () => Promise.resolve({ status: 'ACCEPTED' }), {
  connection,
  prefix: 'conv',
  concurrency: Number(setting('CONCURRENCY')),
});
void worker.waitUntilReady().then(() => process.send?.({ ready: true }));
untilTold(() => worker.close());
