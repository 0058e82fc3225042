import { UnrecoverableError, Worker, type Job } from 'bullmq';
import { eraseJob } from '../applications/erase-jobs';
import { recordFailure } from '../applications/record-failure';
import { traceProcessing } from '../applications/trace-application';
import type { WhenActive } from '../lib/domain';
import { ConvError, isContention, isOutage } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { Metrics } from '../metrics/metrics';
import type { Database } from '../models/connect';
import {
  APPLICATION_QUEUE,
  stalledCount,
  type ApplicationJob,
  type ApplicationJobData,
  type Outcome,
} from '../queue/applications';
import { CheckedJob } from '../queue/checked-job';
import { connectForWorker, keyPrefix, type RedisSettings } from '../queue/connection';
import { logErrors } from '../queue/log-errors';
import { isApplicationJob } from '../queue/present-job';
import type { RedisClock } from '../queue/redis-clock';
import { createBatcher, type Batcher } from './batcher';
import { createBlockedJobs } from './blocked-jobs';
import { closeWorker } from './close-worker';
import { countJobs } from './count-jobs';
import { describeError, keepProcessedEvent } from './job-outcome';
import { createOutageGuard } from './outage-guard';
import { createQuarantine, failIfStalledTooOften } from './quarantine';

export interface WorkerSettings extends RedisSettings {
  queuePrefix: string;
  workerConcurrency: number;
  whenActive: WhenActive;
}

export interface ApplicationWorker {
  /** Resolves when the worker can take jobs. */
  ready(): Promise<void>;
  /** Stops after the active jobs; the caller sets a deadline. */
  close(): Promise<void>;
}

/** Other workers take over the jobs of a killed worker after this time. */
const LOCK_MS = 10_000;
const STALLED_CHECK_INTERVAL_MS = 5000;
/** The limit is in quarantine.ts: BullMQ's own would fail the job without recording the failure. */
const MAX_STALLED = Number.MAX_SAFE_INTEGER;

export interface WorkerDeps {
  database: Database;
  /** The clock of receipts. */
  clock: RedisClock;
  metrics: Metrics;
  log: Logger;
}

interface Deps extends WorkerDeps {
  batcher: Batcher;
}

/** What happens to a job after an error. */
type NextStep =
  { action: 'retry' | 'fail'; reason: string } | { action: 'putBack'; error: unknown } | { action: 'delay' };

/**
 * Records a failure for operators. One that the database refuses to store is still in the queue.
 * @throws ConvError of an outage: then it is too early to fail
 */
async function tryRecordFailure({ database, log }: Deps, job: ApplicationJob, reason: string): Promise<void> {
  try {
    await recordFailure(database, job.data, reason);
  } catch (error) {
    if (isOutage(error)) throw error;
    log.error({ err: error }, 'could not record a failure');
  }
}

/** Decides by the error's own `retry` and the attempts left, and records the failure of a job that fails for good. */
async function handleError(deps: Deps, job: ApplicationJob, error: unknown): Promise<NextStep> {
  if (isOutage(error)) return { action: 'putBack', error };
  if (isContention(error)) return { action: 'delay' };
  const reason = describeError(error);
  const canRetry = !(error instanceof ConvError && error.retry === 'never');
  const isLastAttempt = job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  try {
    if (!canRetry || isLastAttempt) await tryRecordFailure(deps, job, reason);
  } catch (outage) {
    return { action: 'putBack', error: outage };
  }
  return { action: canRetry ? 'retry' : 'fail', reason };
}

function logFields({ data, attemptsMade }: ApplicationJob): object {
  return { application_id: data.event.id, request_id: data.request_id, attempt: attemptsMade + 1 };
}

/** A worker whose jobs can be read whatever their data is: BullMQ would take one that is not JSON again and again. */
class CheckedWorker extends Worker<ApplicationJobData, Outcome> {
  protected override get Job(): typeof Job {
    return CheckedJob;
  }
}

/** @throws ConvError REFUSED */
function failIfInvalid({ data: { invalid } }: ApplicationJob): void {
  if (invalid !== undefined) throw new ConvError('REFUSED', `invalid job data: ${invalid}`);
}

/** A job that may have failed or crashed a worker runs alone, so it can disturb only itself. */
function runsAlone(job: ApplicationJob): boolean {
  const wasOnlyBlocked = job.data.blocked_since !== undefined && job.attemptsMade + stalledCount(job) === 0;
  return job.attemptsStarted > 1 && !wasOnlyBlocked;
}

async function processApplicationJob(
  { database, batcher, log }: Deps,
  job: ApplicationJob,
): Promise<Outcome> {
  const startedAt = Date.now();
  const processing = database.tracing?.context();
  const application = processing ? { ...job.data, processing } : job.data;
  const { outcome, isNew } = await (runsAlone(job)
    ? batcher.processAlone(application)
    : batcher.processBatched(application, job.data.blocked_since !== undefined));
  if (!isNew) await keepProcessedEvent(database, job);
  const { status, reason, conversation_id } = outcome;
  const waited_ms = startedAt - job.timestamp;
  database.tracing?.current()?.setAttribute('conv.application.status', status);
  log.info({ ...logFields(job), status, reason, conversation_id, waited_ms }, 'application processed');
  return outcome;
}

/** Starts a worker. It takes jobs at once, and again after every outage of Redis or PostgreSQL. */
export function startWorker(settings: WorkerSettings, workerDeps: WorkerDeps): ApplicationWorker {
  const { database, metrics, log } = workerDeps;
  const connection = connectForWorker(settings);
  const { tracing } = database;
  const deps: Deps = { ...workerDeps, batcher: createBatcher(database, settings.whenActive) };
  const outageGuard = createOutageGuard(database, log);
  const quarantine = createQuarantine(metrics);
  const blockedJobs = createBlockedJobs(log);

  async function runJob(job: ApplicationJob, token?: string): Promise<Outcome> {
    if (!isApplicationJob(job)) throw new UnrecoverableError('this job holds no application');
    try {
      outageGuard.assertAvailable();
      failIfInvalid(job);
      failIfStalledTooOften(job);
      return await processApplicationJob(deps, job);
    } catch (error) {
      tracing?.fail(error);
      if (!isOutage(error) && !isContention(error))
        log.error({ ...logFields(job), err: error }, 'could not process an application');
      if (error instanceof ConvError && error.code === 'ERASED') await eraseJob(job);
      const next = await handleError(deps, job, error);
      if (next.action === 'putBack') metrics.countAttempt('put_back');
      if (next.action === 'putBack') return outageGuard.putBack(worker, job, token, next.error);
      if (next.action === 'delay') metrics.countAttempt('blocked');
      if (next.action === 'delay') return blockedJobs.delay(job, token, error);
      if (next.action === 'retry') await blockedJobs.forget(job);
      throw next.action === 'retry' ? new Error(next.reason) : new UnrecoverableError(next.reason);
    }
  }

  const worker: Worker<ApplicationJobData, Outcome> = new CheckedWorker(
    APPLICATION_QUEUE,
    (job, token) =>
      quarantine.run(job, token, () =>
        tracing && isApplicationJob(job)
          ? traceProcessing(tracing, job, () => runJob(job, token))
          : runJob(job, token),
      ),
    {
      connection,
      prefix: keyPrefix(settings),
      concurrency: settings.workerConcurrency,
      lockDuration: LOCK_MS,
      stalledInterval: STALLED_CHECK_INTERVAL_MS,
      maxStalledCount: MAX_STALLED,
      skipVersionCheck: true,
    },
  );
  logErrors(worker, connection, log, 'application worker');
  metrics.observeRedis(connection);
  countJobs(worker, deps);
  void outageGuard.check(worker);
  worker.on('stalled', (jobId) =>
    log.warn({ job_id: jobId }, 'a worker was lost while it processed this job; it runs again'),
  );
  return {
    async ready() {
      await worker.waitUntilReady();
    },
    async close() {
      outageGuard.stop();
      deps.batcher.stop();
      await closeWorker(worker, connection);
    },
  };
}
