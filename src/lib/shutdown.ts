import type { Logger } from './log';

/** Thrown away after `ms`; resolves to false then, to true if `work` ended first. Rejects as `work` does. */
export async function withDeadline(work: Promise<unknown>, ms: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(() => resolve(false), ms);
  });
  try {
    return await Promise.race([work.then(() => true), late]);
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Resolves with the reason at the first wish to stop: SIGTERM, SIGINT, SIGHUP, or the end of the parent that forked us.
 * A parent that was killed cannot send a signal, but its IPC channel closes.
 */
export function stopRequested(): Promise<string> {
  return new Promise((resolve) => {
    // Kept on: Ctrl-C reaches us from the terminal and from npm, and the second must not cut the stopping short.
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) process.on(signal, () => resolve(signal));
    if (process.connected) process.once('disconnect', () => resolve('the parent ended'));
  });
}

/**
 * Runs a long-lived process until it is asked to stop, then closes it within the deadline and exits.
 * @param close ends the process's work; what it leaves undone is delivered again by the queue
 * @param deadlineMs after that the process exits with 1 instead of hanging
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
  process.exit(clean ? 0 : 1);
}
