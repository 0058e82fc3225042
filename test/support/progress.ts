import { setTimeout as wait } from 'node:timers/promises';

const POLL_MS = 100;

/** How a wait ended. Times in milliseconds. */
export interface Progress {
  /** What was left at the end; 0 unless nothing moved. */
  left: number;
  /** The longest time in which no less was left. */
  longestStallMs: number;
}

/**
 * Waits until nothing is left. A slow machine may take any time; the wait ends early only if no progress was made for a while.
 * @param countLeft fails while a store is unavailable, which is no progress
 * @param stallMs how long to wait for less to be left
 */
export async function waitUntilNoneLeft(
  countLeft: () => Promise<number>,
  stallMs: number,
  { now = Date.now, pollMs = POLL_MS }: { now?: () => number; pollMs?: number } = {},
): Promise<Progress> {
  let least = Infinity;
  let movedAt = now();
  let longestStallMs = 0;
  for (;;) {
    const left = await countLeft().catch(() => Infinity);
    longestStallMs = Math.max(longestStallMs, now() - movedAt);
    if (left < least) {
      least = left;
      movedAt = now();
    }
    if (left === 0 || now() - movedAt > stallMs) return { left, longestStallMs };
    await wait(pollMs);
  }
}
