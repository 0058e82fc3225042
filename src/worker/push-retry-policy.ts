/** When pushing tries again, how long it waits and when it gives up; all in milliseconds. */
export interface PushRetryPolicy {
  /** A receiver that has not answered by then has failed. */
  answerWithin: number;
  firstRetry: number;
  longestRetry: number;
  /** From the first attempt; what is not taken by then is parked. */
  giveUpAfter: number;
  /** An event is woken when its turn comes; it looks by itself only in case its waker was killed. */
  longestTurn: number;
  /** A worker that was killed leaves its events to others after this. */
  lock: number;
  lookForStalled: number;
  /** How often the queue is held against the database, for what Redis lost. */
  remind: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const PUSH_RETRY_POLICY: PushRetryPolicy = {
  answerWithin: 15 * SECOND,
  firstRetry: SECOND,
  longestRetry: 30 * MINUTE,
  giveUpAfter: 24 * 60 * MINUTE,
  longestTurn: MINUTE,
  lock: 10 * SECOND,
  lookForStalled: 5 * SECOND,
  remind: 10 * MINUTE,
};

/** Twice as long each time, up to the longest, and up to half of that less at random. */
export function backoffMs({ firstRetry }: PushRetryPolicy, attempts: number, longest: number): number {
  const full = Math.min(firstRetry * 2 ** attempts, longest);
  return Math.round(full * (0.5 + Math.random() / 2));
}
