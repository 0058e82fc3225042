import { setTimeout as wait } from 'node:timers/promises';
import { WaitingError, type Worker } from 'bullmq';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import type { ApplicationJob } from '../queue/applications';

const ASK_AGAIN_MS = 500;

export interface OutageGuard {
  /** Puts the job back to the front of the queue, no attempt used up, and holds the worker until the database answers. */
  putBack(worker: Worker, job: ApplicationJob, token: string | undefined): Promise<never>;
  /** Stops waiting, at shutdown. */
  end(): void;
}

/** Waits so long, or until the signal ends it. */
async function pause(ms: number, signal: AbortSignal): Promise<void> {
  try {
    await wait(ms, undefined, { signal });
  } catch {
    // Aborted: whoever waits looks at the signal.
  }
}

/**
 * While PostgreSQL is away there is nothing a worker can do, so it takes no job: none burns its attempts, none fails, and
 * all are there when the database is.
 */
export function createOutageGuard(database: Database, log: Logger): OutageGuard {
  const ended = new AbortController();
  let holding: Promise<void> | null = null;

  async function answers(): Promise<boolean> {
    try {
      await database.sequelize.query('SELECT 1 FROM applications LIMIT 0 FOR UPDATE'); // also asks whether it takes writes
      return true;
    } catch {
      return false; // Still away; that is what is being asked.
    }
  }

  async function hold(worker: Worker): Promise<void> {
    log.warn('the database is away: taking no jobs until it is back');
    await worker.pause(true);
    do await pause(ASK_AGAIN_MS, ended.signal);
    while (!ended.signal.aborted && !(await answers()));
    if (ended.signal.aborted) return;
    log.info('the database is back');
    await worker.resume();
  }

  return {
    async putBack(worker, job, token) {
      holding ??= hold(worker)
        .catch((error: unknown) => log.error({ err: error }, 'could not hold the worker'))
        .finally(() => (holding = null));
      await job.moveToWait(token);
      throw new WaitingError();
    },
    end: () => ended.abort(),
  };
}
