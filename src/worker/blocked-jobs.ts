import { DelayedError } from 'bullmq';
import { backoffMs } from '../lib/backoff';
import type { Logger } from '../lib/log';
import type { ApplicationJob } from '../queue/applications';

const MIN_DELAY_MS = 500;
/** An application is processed at most this long after the end of the lock. */
const MAX_DELAY_MS = 10_000;
const WARN_EVERY_MS = 60_000;

/** Lets jobs wait for locks of other transactions, for as long as they last. */
export interface BlockedJobs {
  /**
   * Delays a job without using up an attempt. The delay grows with the time that the job has waited already, and the log says so.
   * @param error what the database answered
   * @throws DelayedError
   */
  delay(job: ApplicationJob, token: string | undefined, error: unknown): Promise<never>;
  /** Notes that another fault than a lock delays the job now. */
  forget(job: ApplicationJob): Promise<void>;
}

/** Creates the waiting of one worker process. */
export function createBlockedJobs(log: Logger): BlockedJobs {
  let warnedAt = 0;

  /** Warns once for each application, and then once a minute for all of them. */
  function warn({ data }: ApplicationJob, waitedMs: number, error: unknown): void {
    const fields = { application_id: data.event.id, request_id: data.request_id, blocked_ms: waitedMs };
    const isFirst = data.blocked_since === undefined;
    if (isFirst)
      log.warn({ ...fields, err: error }, 'an application waits for a lock; no attempt is used up');
    else if (Date.now() - warnedAt >= WARN_EVERY_MS) log.warn(fields, 'applications still wait for a lock');
    else return;
    warnedAt = Date.now();
  }

  return {
    async delay(job, token, error) {
      const now = Date.now();
      const { blocked_since = new Date(now).toISOString() } = job.data;
      const waitedMs = Math.max(0, now - Date.parse(blocked_since));
      warn(job, waitedMs, error);
      if (job.data.blocked_since === undefined) await job.updateData({ ...job.data, blocked_since });
      const delayMs = backoffMs(Math.max(MIN_DELAY_MS, waitedMs), 0, MAX_DELAY_MS);
      await job.moveToDelayed(now + delayMs, token);
      throw new DelayedError();
    },
    async forget(job) {
      const { blocked_since, ...data } = job.data;
      if (blocked_since !== undefined) await job.updateData(data);
    },
  };
}
