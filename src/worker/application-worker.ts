import { isDeepStrictEqual } from 'node:util';
import { UnrecoverableError, Worker } from 'bullmq';
import { firstDelivery, recordFailure } from '../applications/process';
import { eraseJob } from '../applications/erase-jobs';
import type { WhenActive } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import {
  APPLICATION_QUEUE,
  type ApplicationJob,
  type ApplicationJobData,
  type Outcome,
} from '../queue/applications';
import { isApplicationJob } from '../queue/present-job';
import { connectForWorker } from '../queue/connection';
import { createBatcher, type Batcher } from './batcher';
import { createOutageGuard, type OutageGuard } from './outage-guard';
import { failIfStalledTooOften, createQuarantine, type Quarantine } from './quarantine';

export interface WorkerSettings {
  redisUrl: string;
  queuePrefix: string;
  workerConcurrency: number;
  whenActive: WhenActive;
}

export interface ApplicationWorker {
  /** Resolves when the worker can take jobs. */
  ready(): Promise<void>;
  /** Ends after the jobs in hand; call it with a deadline. */
  close(): Promise<void>;
}

/** A worker that was killed leaves its jobs to others after this. */
const LOCK_MS = 10_000;
const LOOK_FOR_STALLED_MS = 5000;
/** Of our own making: suspects.ts has a limit that also keeps the failure. */
const MAX_STALLED = Number.MAX_SAFE_INTEGER;

interface Deps {
  database: Database;
  decider: Batcher;
  log: Logger;
  outage: OutageGuard;
  suspects: Quarantine;
}

/** One line that is safe to store and show: a ConvError's own words, of anything else only its kind. */
function reasonOf(error: unknown): string {
  if (error instanceof ConvError) return error.detail;
  return error instanceof Error ? `unforeseen error (${error.name})` : 'unforeseen error';
}

function isOutage(error: unknown): boolean {
  return error instanceof ConvError && error.retry === 'outage';
}

/**
 * Keeps the failure where operators look for it. One that the database refuses is still in the queue.
 * @returns false in an outage: then it is too early to fail
 */
async function keepFailure({ database, log }: Deps, job: ApplicationJob, reason: string): Promise<boolean> {
  try {
    await recordFailure(database, job.data, reason);
  } catch (error) {
    if (isOutage(error)) return false;
    log.error({ err: error }, 'could not keep the failure');
  }
  return true;
}

/** The error as BullMQ understands it: retried with backoff, or failed at once. Null for an outage, which fails no job. */
async function failure(deps: Deps, job: ApplicationJob, error: unknown): Promise<Error | null> {
  if (isOutage(error)) return null;
  const mendable = error instanceof ConvError ? error.retry !== 'never' : true;
  const last = !mendable || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  if (last && !(await keepFailure(deps, job, reasonOf(error)))) return null;
  return mendable ? new Error(reasonOf(error)) : new UnrecoverableError(reasonOf(error));
}

/** What was decided before stands, whatever this delivery holds; then the queue remembers what was decided on. */
async function rememberFirst(database: Database, job: ApplicationJob): Promise<void> {
  const first = await firstDelivery(database, job.data.event.id);
  if (first && !isDeepStrictEqual(first.event, job.data.event))
    await job.updateData({ ...job.data, ...first });
}

/** What finds a job's lines in the log. */
function factsOf({ data, attemptsMade }: ApplicationJob): object {
  return { application_id: data.event.id, request_id: data.request_id, attempt: attemptsMade + 1 };
}

async function decideJob({ database, decider, log }: Deps, job: ApplicationJob): Promise<Outcome> {
  const began = Date.now();
  const { outcome, isNew } = await (job.attemptsStarted > 1
    ? decider.processAlone(job.data)
    : decider.processBatched(job.data));
  if (!isNew) await rememberFirst(database, job);
  const { status, reason, conversation_id } = outcome;
  const waited_ms = began - job.timestamp;
  log.info({ ...factsOf(job), status, reason, conversation_id, waited_ms }, 'decided');
  return outcome;
}

/** Decides one job; what goes wrong becomes a pause, a retry or a failure, by the error's own `retry`. */
async function process(deps: Deps, worker: Worker, job: ApplicationJob, token?: string): Promise<Outcome> {
  if (!isApplicationJob(job)) throw new UnrecoverableError('this job holds no application');
  try {
    failIfStalledTooOften(job);
    return await decideJob(deps, job);
  } catch (error) {
    if (!isOutage(error)) deps.log.error({ ...factsOf(job), err: error }, 'could not decide');
    if (error instanceof ConvError && error.code === 'ERASED') await eraseJob(job);
    const failed = await failure(deps, job, error);
    if (failed) throw failed;
    return deps.outage.putBack(worker, job, token);
  }
}

/** Starts taking jobs at once, and again after every outage of Redis or PostgreSQL. */
export function startWorker(settings: WorkerSettings, database: Database, log: Logger): ApplicationWorker {
  const connection = connectForWorker(settings.redisUrl, log);
  const decider = createBatcher(database, settings.whenActive);
  const outage = createOutageGuard(database, log);
  const deps: Deps = { database, decider, log, outage, suspects: createQuarantine() };
  const worker: Worker<ApplicationJobData, Outcome> = new Worker<ApplicationJobData, Outcome>(
    APPLICATION_QUEUE,
    (job, token) => deps.suspects.run(job, token, () => process(deps, worker, job, token)),
    {
      connection,
      prefix: settings.queuePrefix,
      concurrency: settings.workerConcurrency,
      lockDuration: LOCK_MS,
      stalledInterval: LOOK_FOR_STALLED_MS,
      maxStalledCount: MAX_STALLED,
      skipVersionCheck: true,
    },
  );
  worker.on('error', (error) => log.debug({ err: error }, 'worker'));
  worker.on('stalled', (jobId) =>
    log.warn({ job_id: jobId }, 'a worker lost this job; it is taken up again'),
  );
  return {
    async ready() {
      await worker.waitUntilReady();
    },
    async close() {
      deps.outage.end();
      await worker.close();
      connection.disconnect();
    },
  };
}
