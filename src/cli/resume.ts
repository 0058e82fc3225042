import type { PausableQueue } from '../queue/pausable-queue';
import { printNotice, type Io } from './io';
import { describeCause } from './pause-notice';
import { pluralize } from '../lib/pluralize';
import { resumePushing } from './redelivery';
import { withDatabase, withPushQueue, withQueue } from './stores';

/**
 * Resumes a queue.
 * @returns what to tell the operator: since when and why it was paused, and how many jobs wait
 */
export async function resumeQueue<Data, Result>(
  queue: PausableQueue<Data, Result>,
  resume: () => Promise<void>,
): Promise<string> {
  const pause = await queue.getPause();
  const waiting = await queue.getJobCountByTypes('waiting', 'delayed');
  await resume();
  if (pause === null) return `the ${queue.name} queue is not paused`;
  return `the ${queue.name} queue runs again (it was ${describeCause(pause)}); ${pluralize(waiting, 'job')} to do`;
}

/** Resumes the queue of applications, and says what was paused and what waits. */
export async function resumeApplications(io: Io): Promise<void> {
  printNotice(io, await withQueue(io, ({ queue }) => resumeQueue(queue, () => queue.resume())));
}

/** Resumes pushing, and says the same of it. */
export async function resumePushes(io: Io): Promise<void> {
  const notice = await withDatabase(io, (database) =>
    withPushQueue(io, (push) => resumeQueue(push.queue, () => resumePushing(database, push))),
  );
  printNotice(io, notice);
}
