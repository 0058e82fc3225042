import type { Logger } from './log';

const FLUSH_MS = 1000;

/** Resolves to true when `work` ends within `ms`, else to false. Rejects if `work` rejects first. */
export async function withDeadline(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), deadline]);
  } finally {
    clearTimeout(timer);
  }
}

/** Returns the result of `work`, or throws the error of `late` when it does not end within `ms`. */
export async function withinDeadline<T>(work: Promise<T>, ms: number, late: () => Error): Promise<T> {
  if (await withDeadline(work, ms)) return work;
  throw late();
}

/**
 * Resolves with the reason when this process should stop: SIGTERM, SIGINT, SIGHUP, or the end of the process that
 * forked it. A killed parent cannot send a signal, but its IPC channel closes.
 */
export function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    // `on`, not `once`: Ctrl-C arrives from the terminal and again from npm, and the second must not end the process.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    if (process.connected) process.once('disconnect', () => resolve('the parent process ended'));
  });
}

/**
 * Writes what the log has buffered. If nobody reads the log any more, it writes no further lines; otherwise the log's own flush at
 * the exit of the process would repeat the failed write for ever.
 */
async function flushLog(log: Logger): Promise<void> {
  await withDeadline(new Promise((resolve) => log.flush(resolve)), FLUSH_MS);
}

/**
 * Waits until the process should stop, closes it and exits: with 0 if it closed in time, else with 1.
 * @param close stops the process's work; the queue delivers unfinished jobs again
 */
export async function runUntilStopped(
  log: Logger,
  deadlineMs: number,
  close: () => Promise<void>,
): Promise<never> {
  const reason = await stopRequested();
  log.info({ reason }, 'stopping');
  const clean = await withDeadline(close(), deadlineMs).catch((error: unknown) => {
    log.error({ err: error }, 'could not stop cleanly');
    return false;
  });
  log.info({ clean }, 'stopped');
  await flushLog(log);
  process.exit(clean ? 0 : 1);
}
