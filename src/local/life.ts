import type { ChildProcess } from 'node:child_process';
import { withDeadline } from '../lib/shutdown';

/** One run of a part (a store, web, worker), from its launch to its end. */
export interface Life {
  /** Resolves when the part serves; rejects with one clear message if it ends first or takes too long. */
  ready(): Promise<void>;
  /** Resolves with the reason when the part has ended, by whatever cause. Never rejects. */
  readonly ended: Promise<string>;
  /** Ends the part and resolves when it is gone. */
  stop(): Promise<void>;
}

/** How a child ended, in words: its signal, its exit code, or why it never ran. */
export function endOf(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
}

/** Asks a child to end with one signal after the other, giving each its time. */
export async function endChild(
  child: ChildProcess,
  ended: Promise<string>,
  signals: readonly NodeJS.Signals[],
  msEach: number,
): Promise<void> {
  for (const signal of signals) {
    child.kill(signal);
    if (await withDeadline(ended, msEach)) return;
  }
}

/** Waits for a fresh life to be ready, and leaves nothing behind where it is not. */
export async function begin<L extends Life>(life: L): Promise<L> {
  try {
    await life.ready();
    return life;
  } catch (error) {
    await life.stop();
    throw error;
  }
}
