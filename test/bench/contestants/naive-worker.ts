import { Worker } from 'bullmq';
import { Redis } from 'ioredis';
import type { ApplicationEvent } from '../../../src/lib/domain';
import type { ApplicationJobData } from '../../../src/queue/applications';
import { connectNaive, naiveDecide } from './naive';
import { setting, stopOnSigterm } from './serve';

const concurrency = Number(setting('CONCURRENCY'));
const database = connectNaive(setting('DATABASE_URL'), concurrency);
const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const worker = new Worker<ApplicationJobData & { event: ApplicationEvent }>(
  'applications',
  ({ data }) => naiveDecide(database, data.event, new Date(data.received_at)),
  { connection, prefix: 'conv', concurrency },
);
void worker.waitUntilReady().then(() => process.send?.({ ready: true }));
stopOnSigterm(() => worker.close());
