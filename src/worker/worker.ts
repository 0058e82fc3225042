import { UnrecoverableError, Worker } from 'bullmq';
import { decide, recordFailure } from '../conversations/decide';
import { ConvError } from '../errors';
import type { Log } from '../log';
import type { Database } from '../models/connect';
import { APPLICATIONS, type ApplicationJob, type Delivery, type Outcome } from '../queue/applications';
import { connectToWork } from '../queue/connection';
import { watchOutage, type Outage } from './outage';

export interface WorkerSettings {
  redisUrl: string;
  queuePrefix: string;
  workerConcurrency: number;
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
/** Being in the hands of a worker that is killed is no fault of the job. */
const MAX_STALLED = 20;

interface Deps {
  database: Database;
  log: Log;
  outage: Outage;
}

/** One line that is safe to store and show: a ConvError's own words, of anything else only its kind. */
function reasonOf(error: unknown): string {
  if (error instanceof ConvError) return error.detail;
  return error instanceof Error ? `unforeseen error (${error.name})` : 'unforeseen error';
}

/** The error as BullMQ understands it: retried with backoff, or failed at once. An outage never comes here. */
async function fail(deps: Deps, job: ApplicationJob, error: unknown): Promise<Error> {
  const mendable = error instanceof ConvError ? error.retry !== 'never' : true;
  const last = !mendable || job.attemptsMade + 1 >= (job.opts.attempts ?? 1);
  if (last) await recordFailure(deps.database, job.data, reasonOf(error));
  return mendable ? new Error(reasonOf(error)) : new UnrecoverableError(reasonOf(error));
}

function isOutage(error: unknown): boolean {
  return error instanceof ConvError && error.retry === 'outage';
}

function jobLog(log: Log, job: ApplicationJob): Log {
  const { event, request_id } = job.data;
  return log.child({ application_id: event.id, request_id, attempt: job.attemptsMade + 1 });
}

/** Decides one job; what goes wrong becomes a pause, a retry or a failure, by the error's own `retry`. */
async function process(deps: Deps, worker: Worker, job: ApplicationJob, token?: string): Promise<Outcome> {
  const log = jobLog(deps.log, job);
  try {
    const outcome = await decide(deps.database, job.data);
    const { status, reason, conversation_id } = outcome;
    log.info({ status, reason, conversation_id, waited_ms: Date.now() - job.timestamp }, 'decided');
    return outcome;
  } catch (error) {
    if (isOutage(error)) return deps.outage.putBack(worker, job, token);
    log.error({ err: error }, 'could not decide');
    try {
      throw await fail(deps, job, error);
    } catch (failure) {
      if (isOutage(failure)) return await deps.outage.putBack(worker, job, token);
      throw failure;
    }
  }
}

/** Starts taking jobs at once, and again after every outage of Redis or PostgreSQL. */
export function startWorker(settings: WorkerSettings, database: Database, log: Log): ApplicationWorker {
  const connection = connectToWork(settings.redisUrl, log);
  const deps: Deps = { database, log, outage: watchOutage(database, log) };
  const worker: Worker<Delivery, Outcome> = new Worker<Delivery, Outcome>(
    APPLICATIONS,
    (job, token) => process(deps, worker, job, token),
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
