import { once } from 'node:events';
import type { ApplicationEvent } from '../../src/lib/domain';
import { newId } from '../../src/lib/ids';
import { createLogger } from '../../src/lib/log';
import {
  openApplicationQueue,
  type ApplicationQueue,
  type ApplicationJobData,
} from '../../src/queue/applications';
import { toJobId } from '../../src/queue/job-id';
import { eventOf } from './events';
import type { Bed } from './lab';

const JOBS_PER_CALL = 1000;

function jobData(event: ApplicationEvent): ApplicationJobData {
  const { id, createdAt } = newId();
  return { event, received_at: createdAt.toISOString(), request_id: id, delivery_id: id };
}

/** Opens the queue of a bed with conv's own function, so that jobs have the names and options that conv gives them. */
export async function openQueue(bed: Bed): Promise<ApplicationQueue> {
  const settings = { redisUrl: bed.redisUrl, queuePrefix: 'conv' };
  const queue = openApplicationQueue(settings, createLogger('bench', 'silent'));
  await once(queue.connection, 'ready'); // Until then it refuses jobs.
  return queue;
}

/** Adds a job for each event, with the id that conv gives it. */
export async function addAll(
  { queue }: ApplicationQueue,
  events: readonly ApplicationEvent[],
): Promise<void> {
  for (let from = 0; from < events.length; from += JOBS_PER_CALL)
    await queue.addBulk(
      events.slice(from, from + JOBS_PER_CALL).map((event) => ({
        name: 'application',
        data: jobData(event),
        opts: { jobId: toJobId(event.id) },
      })),
    );
}

/** Returns `count` distinct applications; their ids contain the label. */
export function distinctEvents(label: string, count: number): ApplicationEvent[] {
  return Array.from({ length: count }, (_, n) => eventOf(label, n));
}
