import type { ApplicationEvent } from '../../src/lib/domain';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
import { startProcess, type RealProcess } from './processes';
import type { TestQueue } from './queue';
import { enqueue, countOpenJobs, jobOutcome } from './queue-jobs';

/** Runs four worker processes during the test file, for races that the database must settle. */
export function useFourWorkers(stores: TestDatabase, queue: TestQueue): void {
  const workers: RealProcess[] = [];
  beforeAll(async () => {
    const start = async () => workers.push(await startProcess('worker', stores, queue));
    await Promise.all([start(), start(), start(), start()]);
  });
  atEnd(() => Promise.all(workers.map((worker) => worker.stop())));
}

/** Adds all events while the queue is paused, and then resumes it. */
export async function enqueueAll(queue: TestQueue, events: readonly ApplicationEvent[]): Promise<void> {
  await queue.bullmq.pause();
  await Promise.all(events.map((event) => enqueue(queue, event)));
  await queue.bullmq.resume();
}

/** Waits until no job is open. Returns the outcomes in alphabetical order; that of a failed job is `undefined`. */
export async function sortedOutcomes(
  queue: TestQueue,
  events: readonly ApplicationEvent[],
): Promise<string[]> {
  await eventually(async () => (await countOpenJobs(queue)) === 0, 60_000);
  const found = await Promise.all(events.map((event) => jobOutcome(queue, event)));
  return found.map((outcome) => `${outcome?.status} ${outcome?.reason ?? ''}`.trim()).sort();
}
