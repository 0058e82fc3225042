import { setTimeout as pause } from 'node:timers/promises';
import { backoffMs } from '../lib/backoff';
import { parseRetryAfter } from '../lib/retry-after';
import { ConvApiError } from './problem';

const FIRST_PAUSE_MS = 500;
const LONGEST_PAUSE_MS = 10_000;

export interface RetryOptions {
  /** Ends the attempts. */
  signal?: AbortSignal | undefined;
  /** Called before each pause, for example to log why the next attempt is needed. */
  onRetry?: ((error: unknown, pauseMs: number) => void) | undefined;
}

/** Whether a later attempt can succeed: no answer came, or one that says so. */
function isTemporary(error: unknown): boolean {
  if (!(error instanceof ConvApiError)) return true;
  return error.status >= 500 || error.status === 429 || error.status === 408;
}

/** Returns the pause before the next attempt. Random parts keep many clients from coming back at the same moment. */
function pauseMsAfter(error: unknown, attempts: number): number {
  const retryAfterMs = error instanceof ConvApiError ? parseRetryAfter(error.retryAfter) : null;
  return retryAfterMs === null
    ? backoffMs(FIRST_PAUSE_MS, attempts, LONGEST_PAUSE_MS)
    : retryAfterMs + backoffMs(FIRST_PAUSE_MS, 0, LONGEST_PAUSE_MS);
}

/**
 * Makes a call until it succeeds.
 * @throws ConvApiError for an answer that an attempt cannot change; the signal's reason when it aborts
 */
export async function retryCall<Data>(
  call: () => Promise<Data>,
  { signal, onRetry }: RetryOptions,
): Promise<Data> {
  for (let attempts = 0; ; attempts++) {
    try {
      return await call();
    } catch (error) {
      signal?.throwIfAborted();
      if (!isTemporary(error)) throw error;
      const pauseMs = pauseMsAfter(error, attempts);
      onRetry?.(error, pauseMs);
      await pause(pauseMs, undefined, signal && { signal });
    }
  }
}
