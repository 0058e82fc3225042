import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';

export interface PeriodicTask {
  close(): Promise<void>;
}

/**
 * Runs work now and then at an interval, never twice at the same time. A run that fails is logged and followed by the next.
 * @param name names the task in the log
 * @param work should return early when `ended` is aborted
 */
export function startPeriodicTask(
  name: string,
  everyMs: number,
  log: Logger,
  work: (ended: AbortSignal) => Promise<void>,
): PeriodicTask {
  const outageLog = createOutageLog(log, name);
  const ended = new AbortController();
  let running: Promise<void> | null = null;

  async function once(): Promise<void> {
    try {
      await work(ended.signal);
      outageLog.recovered();
    } catch (error) {
      outageLog.failed(error);
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
