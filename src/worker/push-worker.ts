import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import {
  findPredecessorStatus,
  findPushDelivery,
  markDelivered,
  markFailed,
  markParked,
  type PushDelivery,
} from '../events/push-deliveries';
import { postEvent, type Receiver } from '../events/post-event';
import { tracePush } from '../events/trace-push';
import { backoffMs } from '../lib/backoff';
import { isOutage } from '../lib/errors';
import type { Logger } from '../lib/log';
import { createOutageLog, type OutageLog } from '../lib/outage-log';
import type { Metrics } from '../metrics/metrics';
import type { Database } from '../models/connect';
import { connectForWorker, keyPrefix, type RedisSettings } from '../queue/connection';
import { logErrors } from '../queue/log-errors';
import { promotePush, PUSH_QUEUE, type PushJobData, type PushQueue } from '../queue/push';
import { closeWorker } from './close-worker';
import type { PushRetryPolicy } from './push-retry-policy';

const CONCURRENCY = 20;
/** Workers that are killed say nothing about the event, so no number of them fails its job. */
const MAX_STALLED_COUNT = 100;
const OUTAGE_DELAY_MS = 1000;

export interface PushWorkerDeps {
  database: Database;
  queue: PushQueue;
  receiver: Receiver;
  retryPolicy: PushRetryPolicy;
  metrics: Metrics;
  log: Logger;
}

interface Deps extends PushWorkerDeps {
  outageLog: OutageLog;
}

/** A job in the hands of this worker: `token` proves its lock to BullMQ. */
interface ActivePush {
  job: Job<PushJobData, string>;
  token: string | undefined;
}

async function delay({ job, token }: ActivePush, ms: number): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/** Returns when a job checks by itself whether it is its turn, in milliseconds from now. */
function turnCheckMs({ retryPolicy }: Deps, job: ActivePush['job']): number {
  return backoffMs(retryPolicy.firstBackoff, job.attemptsStarted, retryPolicy.longestTurnCheck);
}

/** Pauses the queue, because the receiver answered 410 and wants no more events. An operator resumes it. */
async function pausePushing(deps: Deps, { job, token }: ActivePush, delivery: PushDelivery): Promise<never> {
  await markFailed(deps.database, delivery, 'answered 410 Gone', 'PENDING');
  deps.metrics.countPush('gone');
  await deps.queue.queue.pause('EVENTS_URL answered 410 Gone');
  deps.log.error('EVENTS_URL answered 410 Gone: pushing is paused until `conv events resume`');
  await job.moveToWait(token);
  throw new WaitingError();
}

function isGivenUp({ first_attempt_at }: PushDelivery, { giveUpAfter }: PushRetryPolicy): boolean {
  return first_attempt_at !== null && Date.now() - first_attempt_at.getTime() > giveUpAfter;
}

async function retryOrPark(
  { database, retryPolicy, metrics, log }: Deps,
  push: ActivePush,
  delivery: PushDelivery,
  failure: { error: string; retryAfterMs: number | null },
): Promise<never> {
  const parked = isGivenUp(delivery, retryPolicy);
  const attempt = delivery.attempts + 1;
  log.warn({ event_id: delivery.event.id, attempt, error: failure.error, parked }, 'event push failed');
  await push.job.log(`${new Date().toISOString()} ${failure.error}`);
  await markFailed(database, delivery, failure.error, parked ? 'PARKED' : 'PENDING');
  metrics.countPush(parked ? 'parked' : 'failed');
  if (parked) throw new UnrecoverableError(`parked: ${failure.error}`);
  // Retry-After may only lengthen the backoff: `Retry-After: 0` must not lead to a tight loop. Nor may it stop the event for hours.
  const { firstBackoff, longestBackoff } = retryPolicy;
  const backoff = backoffMs(firstBackoff, delivery.attempts, longestBackoff);
  return delay(push, Math.max(Math.min(failure.retryAfterMs ?? 0, longestBackoff), backoff));
}

async function post(deps: Deps, push: ActivePush, delivery: PushDelivery): Promise<string> {
  const { database, receiver, retryPolicy } = deps;
  const { tracing } = database;
  const result = await postEvent(receiver, delivery.event, retryPolicy.responseTimeout, tracing);
  if (result.outcome !== 'delivered')
    tracing?.fail(result.outcome === 'gone' ? 'answered 410' : result.error);
  if (result.outcome === 'gone') return pausePushing(deps, push, delivery);
  if (result.outcome === 'failed') return retryOrPark(deps, push, delivery, result);
  const nextEventId = await markDelivered(deps.database, delivery);
  deps.metrics.countPush('delivered');
  deps.log.info({ event_id: delivery.event.id, attempt: delivery.attempts + 1 }, 'event pushed');
  if (nextEventId) await promotePush(deps.queue, nextEventId);
  return 'DELIVERED';
}

/** Delays a job until its predecessor is delivered. The worker that delivers the predecessor then promotes it. */
async function awaitPredecessor(
  deps: Deps,
  { job, token }: ActivePush,
  delivery: PushDelivery,
): Promise<never> {
  await job.moveToDelayed(Date.now() + turnCheckMs(deps, job), token);
  // The predecessor may have been delivered before this job was delayed, so that nothing will promote it: check again.
  if ((await findPredecessorStatus(deps.database, delivery)) !== 'PENDING')
    await promotePush(deps.queue, delivery.event.id);
  throw new DelayedError();
}

/** Pushes one event when it is its turn: the events of one application go out in their order. */
async function pushEvent(deps: Deps, push: ActivePush): Promise<string> {
  const delivery = await findPushDelivery(deps.database, push.job.data.event_id);
  // The job is in the queue a moment before the relay's transaction, which inserts the delivery, commits.
  if (!delivery) return delay(push, turnCheckMs(deps, push.job));
  if (delivery.status === 'DELIVERED') return 'DELIVERED';
  const predecessorStatus = await findPredecessorStatus(deps.database, delivery);
  const { tracing } = deps.database;
  const send = () => post(deps, push, delivery);
  if (predecessorStatus === null) return tracing ? tracePush(tracing, delivery, send) : send();
  if (predecessorStatus === 'PENDING') return awaitPredecessor(deps, push, delivery);
  const reason = 'an older event of the same application is parked';
  await markParked(deps.database, delivery, reason);
  throw new UnrecoverableError(`parked: ${reason}`);
}

/** Returns whether an error tells BullMQ what to do with the job, instead of reporting a fault. */
function isSignal(error: unknown): boolean {
  return [DelayedError, WaitingError, UnrecoverableError].some((signal) => error instanceof signal);
}

/** Processes a job. A fault of our own delays it and never fails it: an event ends as DELIVERED or PARKED only. */
async function processJob(deps: Deps, push: ActivePush): Promise<string> {
  try {
    const result = await pushEvent(deps, push);
    deps.outageLog.recovered();
    return result;
  } catch (error) {
    if (isSignal(error)) throw error;
    if (isOutage(error)) {
      deps.outageLog.failed(error);
      return delay(push, OUTAGE_DELAY_MS);
    }
    deps.log.error({ err: error, event_id: push.job.data.event_id }, 'event push failed unexpectedly');
    return delay(push, turnCheckMs(deps, push.job));
  }
}

/** Starts posting events to EVENTS_URL, each until it is delivered or parked. */
export function startPushWorker(
  workerDeps: PushWorkerDeps,
  settings: RedisSettings & { queuePrefix: string },
): { close(): Promise<void> } {
  const { log, metrics, retryPolicy } = workerDeps;
  const deps = { ...workerDeps, outageLog: createOutageLog(log, 'event pushing') };
  const connection = connectForWorker(settings);
  const worker = new Worker<PushJobData, string>(
    PUSH_QUEUE,
    (job, token) => processJob(deps, { job, token }),
    {
      connection,
      prefix: keyPrefix(settings),
      concurrency: CONCURRENCY,
      lockDuration: retryPolicy.lockDuration,
      stalledInterval: retryPolicy.stalledInterval,
      maxStalledCount: MAX_STALLED_COUNT,
      skipVersionCheck: true,
    },
  );
  logErrors(worker, connection, log, 'push worker');
  metrics.observeRedis(connection);
  worker.on('stalled', () => metrics.countStalled('push'));
  return {
    async close() {
      await closeWorker(worker, connection);
    },
  };
}
