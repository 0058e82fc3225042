import type { ConversationView } from '../../lib/domain';
import type { QueueStats } from '../../queue/stats';
import type { JobHistory } from '../../queue/job-history';

/** Returns what an application that is QUEUED waits for, and what to do, in one sentence. */
export function describeWaiting(job: JobHistory | null, queue: QueueStats | null): string {
  if (queue?.paused) {
    const why = queue.pause_reason === null ? '' : ` (${queue.pause_reason})`;
    return `the queue is paused since ${queue.paused_since ?? 'an unknown time'}${why}: resume it on the page Queues`;
  }
  if (queue?.workers === 0) return 'no worker is connected: start one, and it will be processed';
  if (job && job.next_attempt_at !== null)
    return `${job.errors.length} attempts failed; the next one is at ${job.next_attempt_at}, nothing is to be done`;
  const others = queue ? ` with ${queue.waiting} in the queue` : '';
  return `it waits for a worker${others}: nothing is to be done`;
}

/**
 * Returns how far a conversation is, in one sentence.
 * @param push whether the event of its creation was pushed; null if that is unknown
 */
export function describeProgress(
  { status, created_at, updated_at }: ConversationView,
  push: string | null,
): string {
  if (status === 'CREATED') {
    const event = push === null ? '' : `; its event conversation.created: ${push}`;
    return `the conversation has existed since ${created_at}, and the messaging process has not begun it${event}. If it should have begun by now, tell those who run it`;
  }
  if (status === 'ONGOING') return `the messaging process began it at ${updated_at}`;
  return `it was completed at ${updated_at}`;
}
