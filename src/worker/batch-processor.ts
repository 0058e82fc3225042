import { setTimeout as wait } from 'node:timers/promises';
import { findLockedCandidates } from '../applications/locked-candidates';
import { processApplications, processOne, type ProcessedApplication } from '../applications/process';
import type { IncomingApplication } from '../applications/process-steps';
import type { WhenActive } from '../lib/domain';
import { ConvError, isContention, isOutage } from '../lib/errors';
import { createLimiter } from '../lib/limiter';
import type { Database } from '../models/connect';
import type { Span } from '../tracing/tracing';

/** Applications that are processed alone, this many at a time: each may wait for a lock and keep its connection meanwhile. */
const ALONE_CONCURRENCY = 6;
/** Connections that are left to batches while applications that are processed alone wait for locks. */
const LEFT_TO_BATCHES = 2;
/** The processing itself holds locks for a moment; a candidate that is locked again after this time is blocked. */
const RECHECK_MS = 250;

/** An application of a batch, and the job that waits for its outcome. */
export interface BatchMember {
  application: IncomingApplication;
  /** Whether a lock was in its way before. */
  wasBlocked: boolean;
  /** The span of its job; null where traces are off. */
  span: Span | null;
  resolve: (result: ProcessedApplication) => void;
  reject: (error: unknown) => void;
}

export interface BatchProcessor {
  /** Settles every member. */
  processBatch(batch: readonly BatchMember[]): Promise<void>;
  /** @throws ConvError NOT_READY if it has not begun when the worker stops */
  processAlone(application: IncomingApplication): Promise<ProcessedApplication>;
  /** Begins nothing alone any more, at shutdown. */
  stop(): void;
}

const candidateId = ({ application }: BatchMember) => application.event.candidate_id;

function rejectAll(batch: readonly BatchMember[], error: unknown): void {
  for (const { reject } of batch) reject(error);
}

/** Creates the processor of one worker process. An application fails only for its own reasons, or in an outage. */
export function createBatchProcessor(database: Database, whenActive: WhenActive): BatchProcessor {
  // More would wait for a connection, which counts as an outage after some seconds.
  const limit = createLimiter(Math.min(ALONE_CONCURRENCY, Math.max(1, database.poolSize - LEFT_TO_BATCHES)));
  let isStopping = false;
  const { tracing } = database;

  function processAlone(application: IncomingApplication): Promise<ProcessedApplication> {
    return limit(() => {
      if (isStopping) throw new ConvError('NOT_READY', 'the worker stops');
      return processOne(database, application, whenActive);
    });
  }

  /** Rejects the suspects whose candidates are locked, and returns the other members. */
  async function rejectBlocked(
    batch: readonly BatchMember[],
    suspects: readonly BatchMember[],
  ): Promise<readonly BatchMember[]> {
    if (suspects.length === 0) return batch;
    let locked = await findLockedCandidates(database, suspects.map(candidateId));
    if (locked.size === 0) return batch;
    await wait(RECHECK_MS);
    locked = await findLockedCandidates(database, [...locked]);
    const error = new ConvError('CONTENTION', 'another transaction has locked the candidate');
    rejectAll(
      batch.filter((member) => locked.has(candidateId(member))),
      error,
    );
    return batch.filter((member) => !locked.has(candidateId(member)));
  }

  /** Runs what a batch does for one application in the trace of that application. */
  function inSpan<T>(span: Span | null, work: () => Promise<T>): Promise<T> {
    return tracing ? tracing.runIn(span, work) : work();
  }

  /** If all of the first ones are blocked, so are the others: a table is locked. */
  async function processEach(batch: readonly BatchMember[]): Promise<void> {
    for (let from = 0; from < batch.length; from += ALONE_CONCURRENCY) {
      const part = batch.slice(from, from + ALONE_CONCURRENCY);
      const errors: unknown[] = [];
      await Promise.all(
        part.map(({ application, span, resolve, reject }) =>
          inSpan(span, () => processAlone(application)).then(resolve, (error: unknown) => {
            errors.push(error);
            reject(error);
          }),
        ),
      );
      if (errors.length === ALONE_CONCURRENCY && errors.every(isContention)) {
        rejectAll(batch.slice(from + ALONE_CONCURRENCY), errors[0]);
        return;
      }
    }
  }

  /** The members without locks are processed together again; where no candidate is locked, the lock is on something else. */
  async function processBlocked(batch: readonly BatchMember[]): Promise<void> {
    const open = await rejectBlocked(batch, batch);
    await (open.length < batch.length ? processTogether(open) : processEach(open));
  }

  async function processTogether(batch: readonly BatchMember[]): Promise<void> {
    if (batch.length === 0) return;
    try {
      const applications = batch.map(({ application }) => application);
      const results = await processApplications(database, applications, whenActive);
      results.forEach((result, n) => {
        if (result instanceof ConvError) batch[n]?.reject(result);
        else batch[n]?.resolve(result);
      });
    } catch (error) {
      tracing?.fail(error);
      if (batch.length === 1 || isOutage(error)) rejectAll(batch, error);
      else if (isContention(error)) await processBlocked(batch);
      else await processEach(batch);
    }
  }

  return {
    processAlone,
    stop() {
      isStopping = true;
    },
    async processBatch(batch) {
      try {
        const suspects = batch.filter(({ wasBlocked }) => wasBlocked);
        await processTogether(await rejectBlocked(batch, suspects));
      } catch (error) {
        rejectAll(batch, error); // The check for locks failed.
      }
    },
  };
}
