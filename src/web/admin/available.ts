import { ConvError, isOutage } from '../../lib/errors';

/** Collects what a page could not show because a store is unavailable. */
export interface Available {
  /** Sentences for the operator. */
  notices: string[];
  /** Returns the result of `read`, or `fallback` with a notice while its store is unavailable. */
  tryRead: <T, F>(what: string, read: () => Promise<T>, fallback: F) => Promise<T | F>;
}

/** Creates an empty collection, for one page. */
export function collectAvailable(): Available {
  const notices: string[] = [];
  return {
    notices,
    async tryRead(what, read, fallback) {
      try {
        return await read();
      } catch (error) {
        if (!(error instanceof ConvError) || !isOutage(error)) throw error;
        notices.push(`${what}: unknown, because ${error.detail}`);
        return fallback;
      }
    },
  };
}
