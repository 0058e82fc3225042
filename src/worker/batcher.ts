import {
  processApplications,
  type ProcessedApplication,
  type IncomingApplication,
} from '../applications/process';
import type { WhenActive } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';

/** Enough for a round trip and a commit to cost next to nothing for each; more would hold its candidates for longer. */
const LARGEST = 100;
/** While one waits for its commit, the other is decided, and this process finishes the jobs of the one before. */
const LANES = 2;
/** Deciding one by one, where a batch failed. */
const ONES_AT_ONCE = 4;

interface Waiting {
  delivery: IncomingApplication;
  resolve: (decision: ProcessedApplication) => void;
  reject: (error: unknown) => void;
}

/** How a worker decides. */
export interface Batcher {
  /** With whatever else is in hand; it fails for itself alone. */
  processBatched(delivery: IncomingApplication): Promise<ProcessedApplication>;
  /** By itself. For what has been tried before: it may wait for a lock, or be what killed its worker. */
  processAlone(delivery: IncomingApplication): Promise<ProcessedApplication>;
}

const isOutage = (error: unknown) => error instanceof ConvError && error.retry === 'outage';

/**
 * One statement decides what is in hand. Nothing waits for company: what comes alone is decided at once, and what comes
 * meanwhile is the next batch. Where a batch fails, each of it is decided for itself, so that one bad row fails no other.
 */
export function createBatcher(database: Database, whenActive: WhenActive): Batcher {
  let waiting: Waiting[] = [];
  let running = 0;
  let planned = false;

  async function processAlone(delivery: IncomingApplication): Promise<ProcessedApplication> {
    const [decision] = await processApplications(database, [delivery], whenActive);
    if (!decision) throw new Error('one delivery has one decision');
    return decision;
  }

  async function decideEach(batch: readonly Waiting[]): Promise<void> {
    for (let from = 0; from < batch.length; from += ONES_AT_ONCE) {
      const ones = batch.slice(from, from + ONES_AT_ONCE);
      await Promise.all(
        ones.map(({ delivery, resolve, reject }) => processAlone(delivery).then(resolve, reject)),
      );
    }
  }

  async function decideBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      const deliveries = batch.map(({ delivery }) => delivery);
      const decisions = await processApplications(database, deliveries, whenActive);
      decisions.forEach((decision, n) => batch[n]?.resolve(decision));
    } catch (error) {
      if (batch.length === 1 || isOutage(error)) for (const { reject } of batch) reject(error);
      else await decideEach(batch);
    }
  }

  /** The first of each application: a job that stalled may be here twice, and a batch decides each once. */
  function take(): Waiting[] {
    const batch = new Map<string, Waiting>();
    for (const next of waiting)
      if (batch.size < LARGEST && !batch.has(next.delivery.event.id)) batch.set(next.delivery.event.id, next);
    const taken = new Set(batch.values());
    waiting = waiting.filter((one) => !taken.has(one));
    return [...taken];
  }

  async function run(): Promise<void> {
    planned = false;
    running += 1;
    await decideBatch(take());
    running -= 1;
    plan();
  }

  /** Not before everything that arrives in this turn of the event loop is here. */
  function plan(): void {
    if (planned || running >= LANES || waiting.length === 0) return;
    planned = true;
    setImmediate(() => void run());
  }

  return {
    processAlone,
    processBatched: (delivery) =>
      new Promise((resolve, reject) => {
        waiting.push({ delivery, resolve, reject });
        plan();
      }),
  };
}
