import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Child } from './child';

const FIRST_DELAY_MS = 1_000;
const MAX_DELAY_MS = 10_000;

/** Called with a part's name and what happened to it. */
export type Report = (part: string, event: string) => void;

export interface Part {
  name: string;
  /** Starts the part again, on the same port. */
  restart(): Child;
  report: Report;
}

/** Restarts the part once. Returns its new process, or the previous one, which has ended, if none could be started. */
async function restartOnce(part: Part, previous: Child, stopped: Promise<unknown>): Promise<Child> {
  let child = previous;
  try {
    child = part.restart();
    const ready = child.ready().then(() => part.report(part.name, 'restarted'));
    await Promise.race([ready, stopped]);
  } catch (error) {
    part.report(part.name, `could not be restarted: ${(error as Error).message}`);
    await child.stop();
  }
  return child;
}

async function restartUntilStopped(part: Part, first: Child, signal: AbortSignal): Promise<void> {
  const stopped = once(signal, 'abort');
  let child = first;
  let delay = FIRST_DELAY_MS;
  for (;;) {
    const startedAt = Date.now();
    const reason = await Promise.race([child.ended, stopped]);
    if (signal.aborted) return child.stop();
    if (Date.now() - startedAt > MAX_DELAY_MS) delay = FIRST_DELAY_MS;
    part.report(part.name, `ended unexpectedly (${String(reason)}), restarting in ${delay / 1000} s`);
    const paused = await pause(delay, true, { signal }).catch(() => false); // Rejects when the part is stopped.
    if (!paused) return;
    delay = Math.min(delay * 2, MAX_DELAY_MS);
    child = await restartOnce(part, child, stopped);
  }
}

/**
 * Restarts a part whenever it ends, after 1 s and then after growing delays of up to 10 s.
 * @returns a function that stops the part for good; it can be called more than once
 */
export function keepRunning(part: Part, first: Child): () => Promise<void> {
  const stopping = new AbortController();
  const finished = restartUntilStopped(part, first, stopping.signal);
  return () => {
    stopping.abort();
    return finished;
  };
}
