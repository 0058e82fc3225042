import type { Logger } from '../lib/log';

export interface PeriodicTask {
  close(): Promise<void>;
}

/**
 * Does something at once and then every so often, never twice at the same time. What fails is tried again next time.
 * @param work looks at `ended`, where it takes long
 */
export function startPeriodicTask(
  everyMs: number,
  log: Logger,
  work: (ended: AbortSignal) => Promise<void>,
): PeriodicTask {
  const ended = new AbortController();
  let running: Promise<void> | null = null;

  async function once(): Promise<void> {
    try {
      await work(ended.signal);
    } catch (error) {
      log.debug({ err: error }, 'could not do it now; it is done later');
    }
    running = null;
  }

  function start(): void {
    running ??= once();
  }

  start();
  const timer = setInterval(start, everyMs);
  return {
    async close() {
      ended.abort();
      clearInterval(timer);
      await running;
    },
  };
}
