import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';

export interface PeriodicTask {
  close(): Promise<void>;
}

/**
 * Runs a task at once and then periodically, one run at a time. A failed run is logged, and the next one tries again.
 * @param name names the task in the log
 * @param run a long one should end when `ended` is aborted
 */
export function startPeriodicTask(
  name: string,
  everyMs: number,
  log: Logger,
  run: (ended: AbortSignal) => Promise<void>,
): PeriodicTask {
  const outageLog = createOutageLog(log, name);
  const ended = new AbortController();
  let running: Promise<void> | null = null;

  async function runOnce(): Promise<void> {
    try {
      await run(ended.signal);
      outageLog.recovered();
    } catch (error) {
      outageLog.failed(error);
    }
    running = null;
  }

  function start(): void {
    running ??= runOnce();
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
