import type { Worker } from 'bullmq';
import type { Metrics } from '../metrics/metrics';
import type { ApplicationJob, ApplicationJobData, Outcome } from '../queue/applications';
import { isApplicationJob } from '../queue/present-job';
import type { RedisClock } from '../queue/redis-clock';

/** What counting needs. */
interface Deps {
  metrics: Metrics;
  /** The clock of `received_at`. */
  clock: RedisClock;
}

/** A replay takes as long as an operator waited with it, so it says nothing about the system. */
async function observeDuration({ metrics, clock }: Deps, { data }: ApplicationJob): Promise<void> {
  if (data.replaces !== undefined) return;
  const now = await clock.now().catch(() => new Date());
  metrics.observeDuration((now.getTime() - Date.parse(data.received_at)) / 1000);
}

/**
 * Counts the applications that a worker finishes, and stalled jobs. BullMQ emits these events after the job has left the active
 * ones: of several workers that had a job, only the one that finished it counts it.
 */
export function countJobs(worker: Worker<ApplicationJobData, Outcome>, deps: Deps): void {
  const { metrics } = deps;
  worker.on('completed', (job, { status, reason }) => {
    metrics.countAttempt('completed');
    metrics.countFinished({ status, reason: reason ?? '' });
    void observeDuration(deps, job);
  });
  worker.on('failed', (job) => {
    const isFinal = typeof job?.finishedOn === 'number';
    metrics.countAttempt(isFinal ? 'failed' : 'retry');
    if (!isFinal || !isApplicationJob(job)) return;
    metrics.countFinished({ status: 'FAILED', reason: '' });
    void observeDuration(deps, job);
  });
  worker.on('stalled', () => metrics.countStalled('applications'));
}
