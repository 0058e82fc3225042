import { DelayedError } from 'bullmq';
import { ConvError } from '../lib/errors';
import type { Metrics } from '../metrics/metrics';
import { stalledCount, type ApplicationJob } from '../queue/applications';

/** After this many lost workers a job is quarantined: a worker runs at most one quarantined job at a time. */
const QUARANTINE_AFTER = 3;
/** After this many lost workers the job fails; an operator can replay it. */
const FAIL_AFTER = 12;
/** A quarantined job that finds another one running is postponed by a random time in this range. */
const POSTPONE_MIN_MS = 500;
const POSTPONE_MAX_MS = 2000;

/** Isolates jobs that may have crashed their worker (poison jobs) from the others. */
export interface Quarantine {
  /**
   * Runs the work of a job, a quarantined one only while no other quarantined job runs. A poison job then crashes no other
   * quarantined job, and those show that they are healthy by completing.
   * @throws DelayedError for a job that is postponed
   */
  run<T>(job: ApplicationJob, token: string | undefined, work: () => Promise<T>): Promise<T>;
}

/**
 * Fails a job that was active whenever a worker was lost.
 * @throws ConvError GIVEN_UP
 */
export function failIfStalledTooOften(job: ApplicationJob): void {
  if (stalledCount(job) >= FAIL_AFTER)
    throw new ConvError('GIVEN_UP', `given up: ${FAIL_AFTER} workers were lost while they processed it`);
}

/** Creates the quarantine of one worker process. */
export function createQuarantine(metrics: Metrics): Quarantine {
  let busy = false;

  async function postpone(job: ApplicationJob, token: string | undefined): Promise<never> {
    const delay = POSTPONE_MIN_MS + Math.random() * (POSTPONE_MAX_MS - POSTPONE_MIN_MS);
    metrics.countAttempt('postponed');
    await job.moveToDelayed(Date.now() + delay, token);
    throw new DelayedError();
  }

  return {
    async run(job, token, work) {
      if (stalledCount(job) < QUARANTINE_AFTER) return work();
      if (busy) return postpone(job, token);
      busy = true;
      metrics.countQuarantined();
      try {
        return await work();
      } finally {
        busy = false;
      }
    },
  };
}
