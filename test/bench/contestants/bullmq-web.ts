import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { newId } from '../../../src/lib/ids';
import { toJobId } from '../../../src/queue/job-id';
import { webhookApp } from './webhook-app';
import { serve, setting } from './serve';

/** The shared handler with a plain BullMQ `add`. */
const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const queue = new Queue('applications', { connection, prefix: 'conv' });
const app = webhookApp(async (event) => {
  const { id, createdAt } = newId();
  const delivery = { event, received_at: createdAt.toISOString(), request_id: id, delivery_id: id };
  await queue.add('application', delivery, { jobId: toJobId(event.id) });
  return { id: event.id, status: 'QUEUED' };
});
serve(app, () => queue.close());
