/** Timeouts and retry intervals for pushing events, in milliseconds. */
export interface PushRetryPolicy {
  /** An attempt fails when the receiver has not answered after this time. */
  responseTimeout: number;
  firstBackoff: number;
  /** Also the longest pause that a receiver can ask for with Retry-After. */
  longestBackoff: number;
  /** An event is parked when its first attempt was this long ago. */
  giveUpAfter: number;
  /** How often an event that waits for an older one checks by itself, in case the worker that should promote it was killed. */
  longestTurnCheck: number;
  /** BullMQ's `lockDuration`: after this the events of a worker that was killed count as stalled. */
  lockDuration: number;
  /** BullMQ's `stalledInterval`. */
  stalledInterval: number;
  /** How often the queue is reconciled with the database. */
  reconcileInterval: number;
}

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export const PUSH_RETRY_POLICY: PushRetryPolicy = {
  responseTimeout: 15 * SECOND,
  firstBackoff: SECOND,
  longestBackoff: 30 * MINUTE,
  giveUpAfter: 24 * 60 * MINUTE,
  longestTurnCheck: MINUTE,
  lockDuration: 10 * SECOND,
  stalledInterval: 5 * SECOND,
  reconcileInterval: 10 * MINUTE,
};
