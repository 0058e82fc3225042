/** The values of labels. There are few of each, because every value is a series of its own. */

/** The kinds of processes that have metrics. */
export const PROCESS_KINDS = ['web', 'worker'] as const;
export type ProcessKind = (typeof PROCESS_KINDS)[number];

/** What became of a posted application; a conflict has the id of another one. */
export type ReceiptResult = 'accepted' | 'redelivered' | 'conflict' | 'refused';

/** What one run of an application's job led to. Only `retry` uses up an attempt and runs again. */
export const ATTEMPT_RESULTS = ['completed', 'failed', 'retry', 'blocked', 'put_back', 'postponed'] as const;
export type AttemptResult = (typeof ATTEMPT_RESULTS)[number];

export const PUSH_RESULTS = ['delivered', 'failed', 'parked', 'gone'] as const;
export type PushResult = (typeof PUSH_RESULTS)[number];

export const QUEUE_NAMES = ['applications', 'push'] as const;
export type QueueName = (typeof QUEUE_NAMES)[number];
