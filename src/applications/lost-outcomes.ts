import type { ApplicationView } from '../lib/domain';
import { withDeadline } from '../lib/shutdown';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import {
  callQueue,
  findJob,
  retryJob,
  type ApplicationJob,
  type ApplicationQueue,
} from '../queue/applications';
import { finishedJobs, jobOutcome, presentJob } from '../queue/present-job';
import { isErased } from './erased-event';

/**
 * A lost outcome: the queue remembers that an application was processed, and PostgreSQL does not. That happens when PostgreSQL
 * fails over to a standby that was behind, or is restored from a backup.
 */
export interface LostOutcome {
  job: ApplicationJob;
  /** When the outcome that PostgreSQL still has was stored; null where it has none. */
  storedAt: Date | null;
}

/**
 * Returns those of these completed jobs whose outcome is lost. A stored outcome that is newer than the job's is not lost; an erased
 * application, or one whose job data is invalid, is left out, because it cannot be processed again.
 */
async function lostOf(database: Database, completed: readonly ApplicationJob[]): Promise<LostOutcome[]> {
  const jobs = completed.filter(
    (job) => job.data.invalid === undefined && !isErased(job.data.event) && jobOutcome(job) !== null,
  );
  const where = { id: jobs.map(({ data }) => data.event.id) };
  const attributes = ['id', 'processedAt'];
  const rows = await withDatabaseErrors(() => database.applications.findAll({ attributes, where }));
  const storedAt = new Map(rows.map((row) => [row.id, row.processedAt]));
  return jobs
    .map((job) => ({ job, storedAt: storedAt.get(job.data.event.id) ?? null }))
    .filter(
      ({ job, storedAt: stored }) => stored === null || stored < new Date(job.returnvalue.processed_at),
    );
}

/**
 * Returns the lost outcomes of applications that were processed at or after a time, and that the queue still remembers
 * (`KEEP_COMPLETED_SECONDS`), newest first.
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function findLostOutcomes(
  database: Database,
  queue: ApplicationQueue,
  since: Date,
): Promise<LostOutcome[]> {
  const lost = new Map<string, LostOutcome>();
  for await (const jobs of finishedJobs(queue, 'completed', since))
    for (const one of await lostOf(database, jobs)) lost.set(one.job.data.event.id, one);
  return [...lost.values()];
}

/**
 * Processes all lost outcomes that the queue remembers again, batch by batch, until a pass finds none: what is processed again is not
 * in the queue's list meanwhile, so a pass may leave others out.
 * @param ended ends it early
 * @param onProcessed called for each
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function processAllLostAgain(
  database: Database,
  queue: ApplicationQueue,
  ended: AbortSignal,
  onProcessed: () => void,
): Promise<void> {
  let found = 1;
  while (found > 0 && !ended.aborted) {
    found = 0;
    for await (const jobs of finishedJobs(queue, 'completed', new Date(0), ended))
      for (const one of await lostOf(database, jobs)) {
        await processLostAgain(one);
        onProcessed();
        found += 1;
      }
  }
}

/** Processes an application with a lost outcome again, from what the queue remembers of it. @throws ConvError QUEUE_UNAVAILABLE */
export async function processLostAgain({ job, storedAt }: LostOutcome): Promise<void> {
  const replaces = storedAt === null ? {} : { replaces: storedAt.toISOString() };
  await callQueue(() => retryJob(job, { ...job.data, ...replaces }));
}

/** A redelivery that waits longer for PostgreSQL is answered without it. */
const CHECK_WITHIN_MS = 300;

/**
 * Processes an application again that is delivered again, where its outcome is lost.
 * @param application its state, as the queue remembers it
 * @returns its state now; unchanged where PostgreSQL does not answer in time, because a webhook must not depend on it
 * @throws ConvError QUEUE_UNAVAILABLE
 */
export async function repairRedelivered(
  database: Database,
  queue: ApplicationQueue,
  application: ApplicationView,
): Promise<ApplicationView> {
  const found = await callQueue(() => findJob(queue, application.id));
  if (found?.state !== 'completed') return application;
  const finding = lostOf(database, [found.job]);
  const [lost] = (await withDeadline(finding, CHECK_WITHIN_MS).catch(() => false)) ? await finding : [];
  if (!lost) return application;
  await processLostAgain(lost);
  return presentJob(found.job, 'waiting');
}
