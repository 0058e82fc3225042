import { isOutage } from './errors';
import type { Logger } from './log';

/** Logs the failures of work that repeats: one line when it begins to fail, one when it succeeds again. */
export interface OutageLog {
  failed: (error: unknown) => void;
  recovered: () => void;
}

/**
 * Creates the outage log of one piece of background work. An unavailable store is a warning, because the work goes on when the
 * store is back; anything else is an error, also when it shows up in the middle of an outage.
 * @param task names the work in the log, such as `event retention`
 */
export function createOutageLog(log: Logger, task: string): OutageLog {
  let logged: 'warn' | 'error' | null = null;
  return {
    failed(error) {
      const level = isOutage(error) ? 'warn' : 'error';
      if (logged !== level) log[level]({ err: error }, `${task} failed; retrying`);
      logged = level;
    },
    recovered() {
      if (logged) log.info(`${task} recovered`);
      logged = null;
    },
  };
}
