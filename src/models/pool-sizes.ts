/** Most database connections of one web process: requests and readers of events. Fewer than ten serve any number of readers. */
export const WEB_POOL_SIZE = 8;

/** Most database connections of one worker: two process batches, the others serve retries, event retention and pushes. */
export const WORKER_POOL_SIZE = 10;

/** Connections beside the pool of a web process, and of a worker that pushes events: one that listens for events. */
export const LISTENING_CONNECTIONS = 1;
