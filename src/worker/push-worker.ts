import { DelayedError, UnrecoverableError, WaitingError, Worker, type Job } from 'bullmq';
import {
  findDelivery,
  findPredecessor,
  markDelivered,
  markFailed,
  parkBehind,
  type PushDelivery,
} from '../events/push-deliveries';
import { postEvent, type Receiver } from '../events/post-event';
import { ConvError } from '../lib/errors';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { connectForWorker } from '../queue/connection';
import { logErrors } from '../queue/log-errors';
import { promotePush, PUSH_QUEUE, type PushJob, type PushQueue } from '../queue/push';
import { backoffMs, type PushRetryPolicy } from './push-retry-policy';

const AT_ONCE = 20;
/** Being in the hands of a worker that is killed is no fault of the event. */
const MAX_STALLED = 100;
/** While a store is away. */
const SOON_MS = 1000;

export interface PushDeps {
  database: Database;
  queue: PushQueue;
  receiver: Receiver;
  patience: PushRetryPolicy;
  log: Logger;
}

type PushWork = Job<PushJob, string>;

async function later(job: PushWork, ms: number, token: string | undefined): Promise<never> {
  await job.moveToDelayed(Date.now() + ms, token);
  throw new DelayedError();
}

/** The receiver said 410: it wants no more. The queue pauses, nothing is lost, and an operator decides. */
async function stopForGood(
  deps: PushDeps,
  job: PushWork,
  delivery: PushDelivery,
  token?: string,
): Promise<never> {
  await markFailed(deps.database, delivery, 'answered 410 Gone', 'PENDING');
  await deps.queue.queue.pause();
  deps.log.error('EVENTS_URL answered 410 Gone: pushing is paused until `conv events redeliver`');
  await job.moveToWait(token);
  throw new WaitingError();
}

function isOver({ first_attempt_at }: PushDelivery, { giveUpAfter }: PushRetryPolicy): boolean {
  return first_attempt_at !== null && Date.now() - first_attempt_at.getTime() > giveUpAfter;
}

async function send(deps: PushDeps, job: PushWork, delivery: PushDelivery, token?: string): Promise<string> {
  const { database, patience } = deps;
  const result = await postEvent(deps.receiver, delivery.event, patience.answerWithin);
  const facts = { event_id: delivery.event.id, attempt: delivery.attempts + 1 };
  if (result.outcome === 'gone') return stopForGood(deps, job, delivery, token);
  if (result.outcome === 'delivered') {
    const next = await markDelivered(database, delivery);
    deps.log.info(facts, 'event pushed');
    if (next) await promotePush(deps.queue, next);
    return 'DELIVERED';
  }
  const over = isOver(delivery, patience);
  deps.log.warn({ ...facts, error: result.error, parked: over }, 'event not taken');
  await job.log(`${new Date().toISOString()} ${result.error}`);
  await markFailed(database, delivery, result.error, over ? 'PARKED' : 'PENDING');
  if (over) throw new UnrecoverableError(`parked: ${result.error}`);
  // Retry-After says how soon at the earliest: a 0 is no invitation to come at once, again and again.
  const backoff = backoffMs(patience, delivery.attempts, patience.longestRetry);
  return later(job, Math.max(result.retryAfterMs ?? 0, backoff), token);
}

/** Steps back behind an older event. It may have been delivered just before we lay down, and woken nobody: so we look again. */
async function awaitTurn(
  deps: PushDeps,
  job: PushWork,
  delivery: PushDelivery,
  token?: string,
): Promise<never> {
  const { patience } = deps;
  await job.moveToDelayed(Date.now() + backoffMs(patience, job.attemptsStarted, patience.longestTurn), token);
  if ((await findPredecessor(deps.database, delivery)) !== 'PENDING')
    await promotePush(deps.queue, delivery.event.id);
  throw new DelayedError();
}

async function push(deps: PushDeps, job: PushWork, token?: string): Promise<string> {
  const { database, patience } = deps;
  const delivery = await findDelivery(database, job.data.event_id);
  // It is in the queue a moment before the transaction that takes it is committed.
  if (!delivery) return later(job, backoffMs(patience, job.attemptsStarted, patience.longestTurn), token);
  if (delivery.status === 'DELIVERED') return 'DELIVERED';
  const predecessor = await findPredecessor(database, delivery);
  if (predecessor === null) return send(deps, job, delivery, token);
  if (predecessor === 'PENDING') return awaitTurn(deps, job, delivery, token);
  const reason = 'an event before it is parked';
  await parkBehind(database, delivery, reason);
  throw new UnrecoverableError(`parked: ${reason}`);
}

/** Whether it is not a fault but says what BullMQ is to do with the job. */
function isSignal(error: unknown): boolean {
  return [DelayedError, WaitingError, UnrecoverableError].some((signal) => error instanceof signal);
}

/** No fault of ours may fail a job: an event is taken by the receiver, or parked, and nothing else ends its way. */
async function pushOrLater(deps: PushDeps, job: PushWork, token?: string): Promise<string> {
  try {
    return await push(deps, job, token);
  } catch (error) {
    if (isSignal(error)) throw error;
    if (error instanceof ConvError && error.retry === 'outage') return later(job, SOON_MS, token);
    deps.log.error({ err: error, event_id: job.data.event_id }, 'could not push');
    const { patience } = deps;
    return later(job, backoffMs(patience, job.attemptsStarted, patience.longestTurn), token);
  }
}

/** Posts events to EVENTS_URL: each until it is taken or a day is over, those of one application in their order. */
export function startPushWorker(
  deps: PushDeps,
  settings: { redisUrl: string; queuePrefix: string },
): { close(): Promise<void> } {
  const connection = connectForWorker(settings.redisUrl, deps.log);
  const worker = new Worker<PushJob, string>(PUSH_QUEUE, (job, token) => pushOrLater(deps, job, token), {
    connection,
    prefix: settings.queuePrefix,
    concurrency: AT_ONCE,
    lockDuration: deps.patience.lock,
    stalledInterval: deps.patience.lookForStalled,
    maxStalledCount: MAX_STALLED,
    skipVersionCheck: true,
  });
  logErrors(worker, connection, deps.log, 'push worker');
  return {
    async close() {
      await worker.close();
      connection.disconnect();
    },
  };
}
