import { setTimeout as wait } from 'node:timers/promises';
import type { Sender } from './sender';
import type { TestSystem } from './system';

/** An erasure of a candidate's personal data; times in milliseconds since 1970. */
export interface Erasure {
  candidateId: string;
  began: number;
  ended: number;
}

export interface Eraser {
  erasures: Erasure[];
  /** Stops when the erased candidates have applied again; rejects if an erasure did not succeed. */
  stop(): Promise<void>;
}

/** Two webs may differ this much about Redis' time: half of the slowest answer of Redis, and more. */
export const CLOCK_ERROR_MS = 3000;
const PAUSE_MS = 1000;
/** An erasure waits for a stopped worker that has the job; others go on meanwhile. */
const AT_ONCE = 2;
const RETRY_MS = 500;
const SUCCEEDS_WITHIN_MS = 180_000;
/** Only candidates of this many newest applications are erased: they have jobs in the queue, and apply again by themselves. */
const NEWEST = 200;

/** Erases candidates with `conv candidate erase`, a few at a time. Each one applies again later, with new data. */
export function startErasing({ conv }: TestSystem, sender: Sender, random: () => number): Eraser {
  const erasures: Erasure[] = [];
  const selected = new Set<string>();
  const again: Promise<void>[] = [];
  let stopped = false;

  /** Returns a random candidate; null if it has no acknowledged application, or was selected before. */
  function selectCandidate(): string | null {
    if (sender.sent.length < NEWEST) return null;
    const newest = sender.sent.slice(-NEWEST);
    const one = newest[Math.floor(random() * newest.length)];
    if (!one || one.acknowledgedAt === null) return null;
    const { candidate_id } = one.event;
    if (selected.has(candidate_id)) return null;
    selected.add(candidate_id);
    return candidate_id;
  }

  async function erase(candidateId: string): Promise<void> {
    const began = Date.now();
    for (;;) {
      const { code, stderr } = await conv('candidate', 'erase', candidateId, '--yes');
      if (code === 0) break;
      if (Date.now() > began + SUCCEEDS_WITHIN_MS)
        throw new Error(`the erasure of ${candidateId} does not succeed: ${stderr}`);
      await wait(RETRY_MS); // A store is unavailable, or a stopped worker has the job.
    }
    erasures.push({ candidateId, began, ended: Date.now() });
  }

  async function applyAgain(candidateId: string): Promise<void> {
    await wait(CLOCK_ERROR_MS + PAUSE_MS);
    await sender.applyAgain(candidateId);
  }

  async function run(): Promise<void> {
    while (!stopped) {
      const candidateId = selectCandidate();
      if (candidateId !== null) {
        await erase(candidateId);
        again.push(applyAgain(candidateId));
      }
      await wait(PAUSE_MS);
    }
  }

  const running = Promise.all(Array.from({ length: AT_ONCE }, run));
  running.catch(() => undefined); // stop() rejects with it.
  return {
    erasures,
    async stop() {
      stopped = true;
      await running;
      await Promise.all(again);
    },
  };
}
