import { setTimeout as pause } from 'node:timers/promises';
import type { Life } from './life';

const FIRST_DELAY_MS = 1_000;
const LONGEST_DELAY_MS = 10_000;

export type Report = (part: string, detail: string, ms: number) => void;

export interface Part {
  name: string;
  /** Begins a new life of the part, at the same place as the last one. */
  launch(): Life;
  report: Report;
  onDied?: ((part: string) => void) | undefined;
}

export interface Supervised {
  /** Ends the part for good; it is not started again. May be called more than once. */
  stop(): Promise<void>;
}

function whenAborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  return new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}

/** Waits; false if the signal cut it short. */
async function pauseUnless(signal: AbortSignal, ms: number): Promise<boolean> {
  try {
    await pause(ms, undefined, { signal });
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** The next life, ready or already ended. A failure is told, and shows as the end of that life. */
async function relaunch(part: Part, last: Life, halted: Promise<void>): Promise<Life> {
  const begun = Date.now();
  let life = last;
  try {
    life = part.launch();
    await Promise.race([
      life.ready().then(() => part.report(part.name, 'runs again', Date.now() - begun)),
      halted,
    ]);
  } catch (error) {
    part.report(part.name, `could not be started again: ${(error as Error).message}`, Date.now() - begun);
    await life.stop();
  }
  return life;
}

async function watch(part: Part, first: Life, signal: AbortSignal): Promise<void> {
  const halted = whenAborted(signal);
  let life = first;
  let delay = FIRST_DELAY_MS;
  for (;;) {
    const since = Date.now();
    const reason = await Promise.race([life.ended, halted.then(() => null)]);
    // Halted may be behind the end in this race, as when the terminal's Ctrl-C reached both.
    if (reason === null || signal.aborted) return life.stop();
    const lived = Date.now() - since;
    // A part that held out for a while has earned a quick start; one that falls at once is given more and more time.
    if (lived > LONGEST_DELAY_MS) delay = FIRST_DELAY_MS;
    part.onDied?.(part.name);
    part.report(part.name, `ended unexpectedly (${reason}); next start in ${delay / 1000} s`, lived);
    if (!(await pauseUnless(signal, delay))) return;
    delay = Math.min(delay * 2, LONGEST_DELAY_MS);
    life = await relaunch(part, life, halted);
  }
}

/** Keeps a part alive: whenever it ends without being asked, it is launched again after a delay that grows to 10 s. */
export function supervise(part: Part, first: Life): Supervised {
  const halt = new AbortController();
  const watching = watch(part, first, halt.signal);
  return {
    stop: () => {
      halt.abort();
      return watching;
    },
  };
}
