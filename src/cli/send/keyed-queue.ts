/** Runs work. Calls with the same key run one after the other, in the order of the calls; without a key at once. */
export type KeyedQueue = (key: string | null, work: () => Promise<void>) => Promise<void>;

/** Returns a queue that remembers only the keys of work that has not ended. */
export function createKeyedQueue(): KeyedQueue {
  const last = new Map<string, Promise<void>>();
  return async (key, work) => {
    if (key === null) return work();
    const previous = last.get(key);
    const run = previous === undefined ? work() : previous.then(work);
    const ended = run.catch(() => undefined); // The caller of `run` reports the error.
    last.set(key, ended);
    await ended;
    if (last.get(key) === ended) last.delete(key);
    return run;
  };
}
