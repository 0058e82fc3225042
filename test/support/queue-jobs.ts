import type { ApplicationEvent } from '../../src/lib/domain';
import { addApplication, findJob, type ApplicationJob } from '../../src/queue/applications';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
import { jobData } from './factories';
import { refuseCandidate } from './database-faults';
import type { TestQueue } from './queue';
import { runWorker } from './worker';

/** Adds the job of an event, as the webhook does. */
export async function enqueue(
  queue: TestQueue,
  event: ApplicationEvent,
  received_at?: string,
): Promise<ApplicationJob> {
  return (await addApplication(queue.applications, jobData(event, received_at ? { received_at } : {}))).job;
}

/** Returns the outcome in a completed job, or undefined if it has not completed. */
export async function jobOutcome(
  { applications: queue }: TestQueue,
  { id }: ApplicationEvent,
): Promise<ApplicationJob['returnvalue'] | undefined> {
  const found = await findJob(queue, id);
  return found?.state === 'completed' ? found.job.returnvalue : undefined;
}

/** Returns the applications whose jobs wait, by id. */
export async function waitingIds({ bullmq }: TestQueue): Promise<string[]> {
  const jobs = await bullmq.getJobs('waiting');
  return jobs.map(({ data }) => data.event.id).sort();
}

/** Returns the ids of these events, sorted. */
export const sortedIds = (...events: ApplicationEvent[]): string[] => events.map(({ id }) => id).sort();

/** Returns the number of jobs that have neither completed nor failed. */
export async function countOpenJobs({ applications: queue }: TestQueue): Promise<number> {
  const counts = await queue.queue.getJobCounts('waiting', 'active', 'delayed', 'prioritized');
  return Object.values(counts).reduce((sum, count) => sum + count, 0);
}

/** Runs a worker until no job is open. */
export async function drainQueue(
  stores: TestDatabase,
  queue: TestQueue,
  concurrency?: number,
): Promise<void> {
  const stop = await runWorker(
    stores,
    queue,
    concurrency === undefined ? {} : { workerConcurrency: concurrency },
  );
  try {
    await eventually(async () => (await countOpenJobs(queue)) === 0, 60_000);
  } finally {
    await stop();
  }
}

/** Makes an event's job fail permanently, by a database fault that is removed afterwards. */
export async function failPermanently(
  stores: TestDatabase,
  queue: TestQueue,
  event: ApplicationEvent,
  received_at?: string,
): Promise<void> {
  const removeFault = await refuseCandidate(stores.database.sequelize, event.candidate_id, {
    sqlState: '23514',
  });
  await enqueue(queue, event, received_at);
  await drainQueue(stores, queue);
  await removeFault();
}
