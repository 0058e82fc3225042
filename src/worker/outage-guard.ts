import { setTimeout as wait } from 'node:timers/promises';
import { WaitingError, type Worker } from 'bullmq';
import { checkProcessing } from '../applications/check-processing';
import { backoffMs } from '../lib/backoff';
import { ConvError, isOutage } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationJob } from '../queue/applications';

const POLL_INTERVAL_MS = 500;
/** A missing schema stays until somebody migrates, so it is checked less and less often. */
const MAX_SCHEMA_POLL_INTERVAL_MS = 5000;

/** Pauses a worker while PostgreSQL cannot process applications, so that no job uses up attempts or fails because of it. */
export interface OutageGuard {
  /** Pauses the worker if the database cannot process applications now. */
  check(worker: Worker): Promise<void>;
  /**
   * A paused worker may still get the job that it was waiting for.
   * @throws ConvError of the outage while the worker is paused
   */
  assertAvailable(): void;
  /**
   * Puts a job back to the front of the queue without using up an attempt, and pauses the worker until the database works.
   * @param error the outage
   */
  putBack(worker: Worker, job: ApplicationJob, token: string | undefined, error: unknown): Promise<never>;
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

function isSchemaIncomplete(error: unknown): boolean {
  return error instanceof ConvError && error.code === 'SCHEMA_INCOMPLETE';
}

/** Creates the log of one outage, which names each cause once. */
function createCauseLog(log: Logger): (error: unknown) => void {
  let logged: boolean | null = null;
  return (error) => {
    if (logged === isSchemaIncomplete(error)) return;
    logged = isSchemaIncomplete(error);
    if (logged)
      log.error({ err: error }, 'the database schema is incomplete: taking no jobs until it is migrated');
    else log.error({ err: error }, 'the database is unavailable: taking no jobs until it is back');
  };
}

/** Creates the guard of one worker process. */
export function createOutageGuard(database: Database, log: Logger): OutageGuard {
  const stopped = new AbortController();
  let pausing: Promise<void> | null = null;
  let outage: Error | null = null;

  /** Returns why the database cannot process applications; null if it can. */
  async function findOutage(): Promise<unknown> {
    try {
      await checkProcessing(database);
      return null;
    } catch (error) {
      return error;
    }
  }

  async function pauseUntilAvailable(worker: Worker, first: unknown): Promise<void> {
    const logCause = createCauseLog(log);
    await worker.pause(true);
    let error = first;
    // Any other error concerns jobs: they are retried, delayed or failed for it, and it is logged.
    for (let checks = 0; isOutage(error) && !stopped.signal.aborted; checks += 1) {
      logCause(error);
      const maxMs = isSchemaIncomplete(error) ? MAX_SCHEMA_POLL_INTERVAL_MS : POLL_INTERVAL_MS;
      await pause(backoffMs(POLL_INTERVAL_MS, checks, maxMs), stopped.signal);
      error = await findOutage();
    }
    if (stopped.signal.aborted) return;
    outage = null;
    log.info('the database is available again');
    await worker.resume();
  }

  function pauseWorker(worker: Worker, error: unknown): void {
    if (error instanceof Error) outage ??= error;
    pausing ??= pauseUntilAvailable(worker, error)
      .catch((fault: unknown) => log.error({ err: fault }, 'could not pause the worker'))
      .finally(() => (pausing = null));
  }

  return {
    async check(worker) {
      const error = await findOutage();
      if (isOutage(error)) pauseWorker(worker, error);
    },
    assertAvailable() {
      if (outage) throw outage;
    },
    async putBack(worker, job, token, error) {
      pauseWorker(worker, error);
      await job.moveToWait(token);
      throw new WaitingError();
    },
    stop: () => stopped.abort(),
  };
}
