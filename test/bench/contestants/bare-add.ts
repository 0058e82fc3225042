import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import Koa from 'koa';
import bodyParser from 'koa-bodyparser';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { newId } from '../../../src/lib/ids';
import { toJobId } from '../../../src/queue/job-id';
import { serve, setting } from './serve';

/** The least that a webhook costs: Koa, its usual body parser and BullMQ's `add`, without signature or validation. */
const connection = new Redis(setting('REDIS_URL'), { maxRetriesPerRequest: null });
const queue = new Queue('applications', {
  connection,
  prefix: 'conv',
  defaultJobOptions: {
    attempts: 8,
    backoff: { type: 'exponential', delay: 500, jitter: 0.5 },
    removeOnComplete: false,
    removeOnFail: false,
  },
});
const app = new Koa();
app.use(bodyParser());
app.use(async (ctx) => {
  const event = ctx.request.body as ApplicationEvent;
  const { id, createdAt } = newId();
  const delivery = { event, received_at: createdAt.toISOString(), request_id: id, delivery_id: id };
  await queue.add('application', delivery, { jobId: toJobId(event.id) });
  ctx.status = 202;
  ctx.body = { id: event.id, status: 'QUEUED' };
});
serve(app, () => queue.close());
