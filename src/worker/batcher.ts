import type { ProcessedApplication } from '../applications/process';
import type { IncomingApplication } from '../applications/process-steps';
import type { WhenActive } from '../lib/domain';
import type { Database } from '../models/connect';
import { createBatchProcessor, type BatchMember } from './batch-processor';

/** Large enough to share the round trips and the commit; a larger batch would lock its candidates for longer. */
const MAX_BATCH_SIZE = 100;
/** While one batch waits for its commit, the other is processed. */
const CONCURRENT_BATCHES = 2;

/** Collects the applications of concurrent jobs and processes them together. */
export interface Batcher {
  /**
   * Processes an application in a batch with others. It fails only for its own reasons, or in an outage.
   * @param wasBlocked whether a lock was in its way before; if its candidate is still locked, it fails without holding up the others
   */
  processBatched(application: IncomingApplication, wasBlocked: boolean): Promise<ProcessedApplication>;
  /** Processes an application alone, so that it can block or crash only itself. */
  processAlone(application: IncomingApplication): Promise<ProcessedApplication>;
  /** Begins nothing alone any more, at shutdown: such jobs go back to the queue. */
  stop(): void;
}

/**
 * Creates a batcher. An application does not wait for others: a batch starts as soon as one is free to start, and applications
 * that arrive meanwhile form the next one. When a batch fails, each of its applications is processed alone.
 */
export function createBatcher(database: Database, whenActive: WhenActive): Batcher {
  const { tracing } = database;
  const processor = createBatchProcessor(database, whenActive);
  let waiting: BatchMember[] = [];
  let running = 0;
  let scheduled = false;

  /** Takes each application id once: a stalled job may be here twice. */
  function takeBatch(): BatchMember[] {
    const batch = new Map<string, BatchMember>();
    for (const next of waiting) {
      const { id } = next.application.event;
      if (batch.size < MAX_BATCH_SIZE && !batch.has(id)) batch.set(id, next);
    }
    const taken = new Set(batch.values());
    waiting = waiting.filter((one) => !taken.has(one));
    return [...taken];
  }

  function processBatch(batch: readonly BatchMember[]): Promise<void> {
    if (!tracing) return processor.processBatch(batch);
    const spans = batch.map(({ span }) => span);
    return tracing.runForAll('process batch', spans, () => processor.processBatch(batch));
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
    processAlone: (application) => processor.processAlone(application),
    stop: () => processor.stop(),
    processBatched: (application, wasBlocked) =>
      new Promise((resolve, reject) => {
        const span = tracing?.current() ?? null;
        waiting.push({ application, wasBlocked, span, resolve, reject });
        schedule();
      }),
  };
}
