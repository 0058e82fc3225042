/**
 * Most connections in the pool of each kind of process, unless DATABASE_POOL_SIZE is set. Web: requests and readers of events; fewer
 * than ten serve any number of readers. Worker: two process batches, the others serve retries, event retention and pushes.
 */
const POOL_SIZES = { web: 8, worker: 10 };

/** Connections beside the pool of a web process, and of a worker that pushes events: one that listens for events. */
export const LISTENING_CONNECTIONS = 1;

/**
 * Returns the most connections in the pool of a process.
 * @param configured DATABASE_POOL_SIZE; null for the default
 */
export function poolSize(process: keyof typeof POOL_SIZES, configured: number | null): number {
  return configured ?? POOL_SIZES[process];
}
