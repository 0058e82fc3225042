import { ConvError, isOutage } from '../lib/errors';
import type { Io } from './io';
import { printNotice } from './io';

/** Tells the operator of a command without an end about outages: once that the store is gone, and once that it is back. */
export interface OutageNotices {
  /** Call it after each success. An outage before the first one ends the command. */
  succeeded(): void;
  /** Call it before another try. @throws the error itself if a retry cannot help */
  failed(error: unknown): void;
}

/** A store that is busy for longer than its time limits, or unavailable, is tried again. */
function describeOutage(error: unknown, store: string): string {
  if (isOutage(error)) return `${store} cannot be reached`;
  if (error instanceof ConvError && error.code === 'CONTENTION') return error.detail;
  throw error;
}

/** @param store the name of what the command reads: a store, or conv at its address */
export function createOutageNotices(io: Io, store: string): OutageNotices {
  let hasSucceeded = false;
  let isDisconnected = false;
  return {
    succeeded() {
      if (isDisconnected) printNotice(io, `conv: reconnected to ${store}`);
      hasSucceeded = true;
      isDisconnected = false;
    },
    failed(error) {
      // At the start it is no outage that ends by itself, for example a missing schema.
      if (!hasSucceeded) throw error;
      const outage = describeOutage(error, store);
      if (!isDisconnected) printNotice(io, `conv: ${outage}; trying again`);
      isDisconnected = true;
    },
  };
}
