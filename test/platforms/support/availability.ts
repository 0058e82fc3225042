import { setTimeout as wait } from 'node:timers/promises';

const EVERY_MS = 50;

/** Polls a URL until it is stopped. */
export interface AvailabilityWatch {
  /** Stops polling. @returns the longest time between two answers 2xx, in milliseconds */
  stop(): Promise<number>;
}

/** Starts polling a URL, here one that needs PostgreSQL. */
export function watchAvailability(url: string): AvailabilityWatch {
  let stopped = false;
  let last = Date.now();
  let longest = 0;

  async function poll(): Promise<void> {
    while (!stopped) {
      const response = await fetch(url).catch(() => null);
      await response?.arrayBuffer();
      if (response?.ok) {
        longest = Math.max(longest, Date.now() - last);
        last = Date.now();
      }
      await wait(EVERY_MS);
    }
  }

  const polling = poll();
  return {
    async stop() {
      stopped = true;
      await polling;
      return longest;
    },
  };
}
