import type { Pause, PausableQueue } from '../queue/pausable-queue';
import { pluralize } from './pluralize';

/** Returns since when and why a queue is paused, in one line. */
export function describePause(name: string, { since, reason }: Pause): string {
  return `${name} is paused since ${since ?? 'an unknown time'}: ${reason ?? 'unknown reason'}`;
}

/**
 * Resumes a queue.
 * @returns what to tell the operator: since when and why it was paused, and how many jobs wait
 */
export async function describeResume<Data, Result>(
  queue: PausableQueue<Data, Result>,
  resume: () => Promise<void>,
): Promise<string> {
  const pause = await queue.getPause();
  const waiting = await queue.getJobCountByTypes('waiting', 'delayed');
  await resume();
  if (pause === null) return `the ${queue.name} queue is not paused`;
  const { since, reason } = pause;
  const was = `it was paused since ${since ?? 'an unknown time'}: ${reason ?? 'unknown reason'}`;
  return `the ${queue.name} queue runs again (${was}); ${pluralize(waiting, 'job')} to do`;
}
