/**
 * Returns a function that runs `work` at most once in `ms` milliseconds: callers at the same time, and those within `ms` after its
 * end, share one result.
 */
export function cacheFor<T>(ms: number, work: () => Promise<T>): () => Promise<T> {
  let running: Promise<T> | null = null;
  let freshUntil = 0;
  async function run(): Promise<T> {
    try {
      return await work();
    } finally {
      freshUntil = performance.now() + ms;
    }
  }
  return () => {
    if (running && performance.now() < freshUntil) return running;
    freshUntil = Infinity;
    running = run();
    return running;
  };
}
