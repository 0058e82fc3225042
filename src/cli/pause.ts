import type { PausableQueue } from '../queue/pausable-queue';

export const QUEUES = ['applications', 'push'] as const;
export type QueueName = (typeof QUEUES)[number];

/** What waits while a queue is paused. */
export const WAITING: Readonly<Record<QueueName, string>> = {
  applications: 'webhooks are still accepted, and applications wait',
  push: 'webhooks are still accepted and applications processed, and events wait',
};

/**
 * Pauses a queue.
 * @param reason shown by `conv queue stats` and `conv doctor`; without it, that an operator paused it
 * @returns what to tell the operator: since when it is paused, what waits, and how to resume it
 */
export async function pauseQueue(
  name: QueueName,
  queue: Pick<PausableQueue<unknown, unknown>, 'pause' | 'getPause'>,
  reason?: string,
): Promise<string> {
  await queue.pause(reason);
  const { since } = (await queue.getPause()) ?? {};
  const notice = `the ${name} queue is paused since ${since ?? 'an unknown time'}: ${WAITING[name]}`;
  return `${notice} until \`conv queue resume ${name}\``;
}
