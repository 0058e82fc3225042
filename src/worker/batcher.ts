import { processApplications, type ProcessedApplication } from '../applications/process';
import type { IncomingApplication } from '../applications/process-steps';
import type { WhenActive } from '../lib/domain';
import { isOutage } from '../lib/errors';
import type { Database } from '../models/connect';

/** Large enough to share the round trips and the commit; a larger batch would lock its candidates for longer. */
const MAX_BATCH_SIZE = 100;
/** While one batch waits for its commit, the other is processed. */
const CONCURRENT_BATCHES = 2;
/** After a failed batch its applications are processed one by one, this many at a time. */
const RETRY_CONCURRENCY = 4;

interface WaitingApplication {
  application: IncomingApplication;
  resolve: (result: ProcessedApplication) => void;
  reject: (error: unknown) => void;
}

/** Collects the applications of concurrent jobs and processes them together. */
export interface Batcher {
  /** Processes an application in a batch with others. It fails only for its own reasons, or in an outage. */
  processBatched(application: IncomingApplication): Promise<ProcessedApplication>;
  /** Processes an application alone, so that it can block or crash only itself. */
  processAlone(application: IncomingApplication): Promise<ProcessedApplication>;
}

/**
 * Creates a batcher. An application does not wait for others: a batch starts as soon as one is free to start, and applications
 * that arrive meanwhile form the next one. When a batch fails, each of its applications is processed alone.
 */
export function createBatcher(database: Database, whenActive: WhenActive): Batcher {
  let waiting: WaitingApplication[] = [];
  let running = 0;
  let scheduled = false;

  async function processAlone(application: IncomingApplication): Promise<ProcessedApplication> {
    const [result] = await processApplications(database, [application], whenActive);
    if (!result) throw new Error('one application has one result');
    return result;
  }

  async function processEach(batch: readonly WaitingApplication[]): Promise<void> {
    for (let from = 0; from < batch.length; from += RETRY_CONCURRENCY) {
      const part = batch.slice(from, from + RETRY_CONCURRENCY);
      await Promise.all(
        part.map(({ application, resolve, reject }) => processAlone(application).then(resolve, reject)),
      );
    }
  }

  async function processBatch(batch: readonly WaitingApplication[]): Promise<void> {
    try {
      const applications = batch.map(({ application }) => application);
      const results = await processApplications(database, applications, whenActive);
      results.forEach((result, n) => batch[n]?.resolve(result));
    } catch (error) {
      if (batch.length === 1 || isOutage(error)) for (const { reject } of batch) reject(error);
      else await processEach(batch);
    }
  }

  /** Takes each application id once: a stalled job may be here twice. */
  function takeBatch(): WaitingApplication[] {
    const batch = new Map<string, WaitingApplication>();
    for (const next of waiting) {
      const { id } = next.application.event;
      if (batch.size < MAX_BATCH_SIZE && !batch.has(id)) batch.set(id, next);
    }
    const taken = new Set(batch.values());
    waiting = waiting.filter((one) => !taken.has(one));
    return [...taken];
  }

  async function runBatch(): Promise<void> {
    scheduled = false;
    running += 1;
    await processBatch(takeBatch());
    running -= 1;
    schedule();
  }

  /** Starts after this turn of the event loop, so that all jobs that arrive in it are in one batch. */
  function schedule(): void {
    if (scheduled || running >= CONCURRENT_BATCHES || waiting.length === 0) return;
    scheduled = true;
    setImmediate(() => void runBatch());
  }

  return {
    processAlone,
    processBatched: (application) =>
      new Promise((resolve, reject) => {
        waiting.push({ application, resolve, reject });
        schedule();
      }),
  };
}
