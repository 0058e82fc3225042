import { setTimeout as wait } from 'node:timers/promises';
import { WaitingError, type Worker } from 'bullmq';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationJob } from '../queue/applications';

const POLL_INTERVAL_MS = 500;

/** Pauses a worker while PostgreSQL is unavailable, so that no job uses up attempts or fails because of it. */
export interface OutageGuard {
  /** Puts a job back to the front of the queue without using up an attempt, and pauses the worker until the database answers. */
  putBack(worker: Worker, job: ApplicationJob, token: string | undefined): Promise<never>;
  /** Stops waiting for the database, at shutdown. */
  stop(): void;
}

/** Waits, or returns early when the signal aborts. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    // Aborted: the caller checks the signal.
  }
}

/** Locks no row, but fails on a standby that accepts no writes. */
const CHECK_WRITABLE = 'SELECT 1 FROM applications LIMIT 0 FOR UPDATE';

/** Creates the guard of one worker process. */
export function createOutageGuard(database: Database, log: Logger): OutageGuard {
  const stopped = new AbortController();
  let pausing: Promise<void> | null = null;

  async function isAvailable(): Promise<boolean> {
    try {
      await database.sequelize.query(CHECK_WRITABLE);
      return true;
    } catch {
      return false; // Still unavailable, which the log says already.
    }
  }

  async function pauseUntilAvailable(worker: Worker): Promise<void> {
    log.error('the database is unavailable: taking no jobs until it is back');
    await worker.pause(true);
    do await pause(POLL_INTERVAL_MS, stopped.signal);
    while (!stopped.signal.aborted && !(await isAvailable()));
    if (stopped.signal.aborted) return;
    log.info('the database is available again');
    await worker.resume();
  }

  return {
    async putBack(worker, job, token) {
      pausing ??= pauseUntilAvailable(worker)
        .catch((error: unknown) => log.error({ err: error }, 'could not pause the worker'))
        .finally(() => (pausing = null));
      await job.moveToWait(token);
      throw new WaitingError();
    },
    stop: () => stopped.abort(),
  };
}
