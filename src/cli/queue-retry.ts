import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import type { FailedJob } from '../queue/failed-jobs';
import type { Queues } from '../queue/queues';
import { confirm } from './confirm';
import { EXIT, ExitError, usageError } from './exit-codes';
import { onInterrupt } from './interrupts';
import type { Io } from './io';
import { printNotice } from './io';
import { listFailedJobs } from './list-failed-jobs';
import { printRows, type Format } from './output';
import { describePause } from './pause-notice';
import { pluralize } from '../lib/pluralize';
import { FAILED_JOB } from './resources';
import { withBothQueues, withDatabase } from './stores';

export interface RetryFlags {
  all?: boolean;
  queue?: FailedJob['queue'];
  dryRun?: boolean;
  yes?: boolean;
  output: Format;
}

interface Stores extends Queues {
  database: Database;
}

/** Retries one job: an application as `conv replay` does, an event as `conv events redeliver` does. */
async function retryJob({ database, applications, push }: Stores, job: FailedJob): Promise<void> {
  const { replayApplication } = await import('../applications/replay');
  const { redeliverParked } = await import('./redelivery');
  if (job.queue === 'push') await redeliverParked(database, push, [job.id]);
  else await replayApplication(database, applications, job.id, `retry-${process.pid}`);
}

/** Whether a job cannot run again, for example because the candidate was erased. The others can. */
function isSkipped(error: unknown): error is ConvError {
  return error instanceof ConvError && ['CONFLICT', 'ERASED', 'NOT_FOUND'].includes(error.code);
}

/** Retries one job after the other and adds each to `retried`, so the caller knows how far it got before an outage or Ctrl-C. */
async function retryAll(io: Io, stores: Stores, jobs: FailedJob[], retried: FailedJob[]): Promise<void> {
  const stop = new AbortController();
  const release = onInterrupt(() => stop.abort(new ExitError(EXIT.interrupted)));
  try {
    for (const job of jobs) {
      stop.signal.throwIfAborted();
      try {
        await retryJob(stores, job);
        retried.push(job);
      } catch (error) {
        if (!isSkipped(error)) throw error;
        printNotice(io, `skipped ${job.id}: ${error.detail}`);
      }
    }
  } finally {
    release();
  }
}

/** Says which of the jobs wait because their queue is paused. */
async function noticePauses(io: Io, { applications, push }: Queues, jobs: FailedJob[]): Promise<void> {
  for (const { queue } of [applications, push]) {
    const pause = jobs.some((job) => job.queue === queue.name) ? await queue.getPause() : null;
    if (pause)
      printNotice(
        io,
        `${describePause(`the ${queue.name} queue`, pause)}; run \`conv queue resume ${queue.name}\``,
      );
  }
}

/** Returns all failed jobs, without applications that an operator dismissed. */
async function selectAll({ database }: Stores, failed: FailedJob[]): Promise<FailedJob[]> {
  const { findDismissedIds } = await import('../applications/dismiss');
  const ids = failed.filter(({ queue }) => queue === 'applications').map(({ id }) => id);
  const dismissed = await findDismissedIds(database, ids);
  return failed.filter(({ id, queue }) => queue === 'push' || !dismissed.has(id));
}

/** Returns the failed jobs with these ids, and says which ids have none. */
function selectByIds(io: Io, failed: FailedJob[], ids: readonly string[]): FailedJob[] {
  for (const id of new Set(ids))
    if (!failed.some((job) => job.id === id))
      printNotice(io, `conv: ${JSON.stringify(id)} has no failed job: see \`conv queue failed\``);
  return failed.filter(({ id }) => ids.includes(id));
}

function printJobs(io: Io, jobs: FailedJob[], format: Format): Promise<void> {
  return printRows(io, jobs, { format, ...FAILED_JOB, emptyNotice: 'no failed jobs to retry' });
}

/** Asks, retries the jobs, and prints those that were retried, also after an outage or Ctrl-C. */
async function retrySelected(io: Io, stores: Stores, jobs: FailedJob[], flags: RetryFlags): Promise<void> {
  if (jobs.length > 1 && !(await confirm(io, `retry ${pluralize(jobs.length, 'failed job')}`, flags.yes)))
    throw new ExitError(EXIT.failed);
  const retried: FailedJob[] = [];
  try {
    await retryAll(io, stores, jobs, retried);
  } finally {
    await printJobs(io, retried, flags.output);
    printNotice(io, `retried ${pluralize(retried.length, 'failed job')}`);
  }
  await noticePauses(io, stores, retried);
}

/**
 * Gives failed jobs new attempts, in the order in which they failed.
 * @throws ExitError 1 if the operator declines, or an id has no failed job; 130 after Ctrl-C
 */
export async function retryJobs(io: Io, ids: string[], flags: RetryFlags): Promise<void> {
  if (ids.length > 0 && flags.all) throw usageError('pass either ids or --all, not both');
  if (ids.length === 0 && !flags.all) throw usageError('nothing selected: pass ids or --all');
  await withDatabase(io, (database) =>
    withBothQueues(io, async (queues) => {
      const stores = { database, ...queues };
      const failed = (await listFailedJobs(queues, flags.queue, Infinity)).reverse();
      const jobs = flags.all ? await selectAll(stores, failed) : selectByIds(io, failed, ids);
      if (flags.dryRun) {
        printNotice(io, `dry run: would retry ${pluralize(jobs.length, 'failed job')}; nothing was changed`);
        await printJobs(io, jobs, flags.output);
      } else await retrySelected(io, stores, jobs, flags);
      if (jobs.length < new Set(ids).size) throw new ExitError(EXIT.failed);
    }),
  );
}
