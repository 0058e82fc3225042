import { setTimeout as wait } from 'node:timers/promises';
import { backoffMs } from '../../lib/backoff';
import { ConvError } from '../../lib/errors';
import { isBusy, isPending, sendEvent, waitForOutcome, type SendResult } from '../http-client';
import type { Target } from './target';

const FIRST_BACKOFF_MS = 200;
const LONGEST_BACKOFF_MS = 5000;

/** An answer of conv. Without a status, none came. */
export type Attempt = Omit<SendResult, 'status'> & { status: number | null };

export interface SendOptions {
  target: Target;
  /** How long to repeat a request that conv did not answer or was too busy for. */
  retryForMs: number;
  /** How long to wait for an outcome, if the target has a token. */
  outcomeTimeoutMs: number;
  /** Ends requests and pauses. */
  signal: AbortSignal;
  /** Called before each pause, with the answer that is the reason for it. */
  onRetry: (attempt: Attempt) => void;
}

/** The last answer to an event. */
export interface LineResult extends Attempt {
  /** True if conv neither accepted nor refused the event before the time was over. */
  gaveUp: boolean;
  /** True if the application is FAILED, or has no outcome after the time to wait for it. */
  outcomeMissed: boolean;
}

const NO_ANSWER = { status: null, redelivered: false, retryAfterMs: null };

async function tryOnce({ target, signal }: SendOptions, body: string): Promise<Attempt> {
  try {
    return await sendEvent(target.url, target.credentials, body, signal);
  } catch (error) {
    if (error instanceof ConvError && error.code === 'NOT_READY')
      return { ...NO_ANSWER, problem: error.detail };
    throw error;
  }
}

function giveUp(last: Attempt, attempts: number): LineResult {
  const tries = attempts > 1 ? `; gave up after ${attempts} attempts` : '';
  return { ...last, problem: `${last.problem ?? ''}${tries}`, gaveUp: true, outcomeMissed: false };
}

/** Sends an event again and again until conv accepts or refuses it, or the next attempt would be too late. */
async function sendWithRetries(options: SendOptions, body: string): Promise<LineResult> {
  const deadline = Date.now() + options.retryForMs;
  for (let attempt = 1; ; attempt += 1) {
    options.signal.throwIfAborted();
    const result = await tryOnce(options, body);
    if (result.status !== null && !isBusy(result.status))
      return { ...result, gaveUp: false, outcomeMissed: false };
    const remainingMs = deadline - Date.now();
    const pauseMs =
      result.retryAfterMs ||
      Math.min(backoffMs(FIRST_BACKOFF_MS, attempt - 1, LONGEST_BACKOFF_MS), remainingMs);
    if (remainingMs <= 0 || pauseMs > remainingMs) return giveUp(result, attempt);
    options.onRetry(result);
    await wait(pauseMs, undefined, { signal: options.signal });
  }
}

/** Adds the outcome of an accepted application, or the reason why there is none. */
async function addOutcome(
  { target, outcomeTimeoutMs: timeoutMs, signal }: SendOptions,
  sent: LineResult,
  id: string,
  token: string,
): Promise<LineResult> {
  try {
    const application = await waitForOutcome({ url: target.url, token, timeoutMs, signal }, id);
    if (!application || isPending(application)) {
      const problem = `no outcome within ${timeoutMs / 1000} s`;
      return { ...sent, ...(application && { application }), problem, outcomeMissed: true };
    }
    return { ...sent, application, outcomeMissed: application.status === 'FAILED' };
  } catch (error) {
    signal.throwIfAborted();
    return { ...sent, problem: (error as Error).message, outcomeMissed: true };
  }
}

/**
 * Sends one event as often as necessary, which is safe because conv recognizes redeliveries. Waits for the outcome if the target
 * has a token.
 * @throws the signal's reason if it ended the work
 */
export async function sendLine(options: SendOptions, body: string): Promise<LineResult> {
  const sent = await sendWithRetries(options, body);
  const { token } = options.target;
  if (!sent.application || token === undefined) return sent;
  return addOutcome(options, sent, sent.application.id, token);
}
