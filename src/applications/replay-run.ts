import { QueryTypes } from 'sequelize';
import type { ApplicationView } from '../lib/domain';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, type ApplicationQueue } from '../queue/applications';

/** Several applications that an operator had replayed. */
export interface ReplayRun {
  id: string;
  /** The name of the operator's token. */
  asked_by: string;
  started_at: string;
  /** How many the operator confirmed. */
  total: number;
  /** How many needed no replay any more, or could not be replayed. */
  skipped: number;
  /** STOPPED before its end: the rest is FAILED as before. */
  state: 'RUNNING' | 'DONE' | 'STOPPED';
  /** Why it stopped. */
  error: string | null;
}

/** How many applications of a run ended with this status, for this reason; null as status for those without an outcome yet. */
export interface ReplayedCount {
  status: string | null;
  reason: string | null;
  count: number;
}

/** What a run remembers of an application: its id, and when the outcome was stored that is replaced. */
type Replayed = Pick<ApplicationView, 'id' | 'processed_at'>;

const KEEP_SECONDS = 24 * 3600;
/** A run that has done nothing for so long has lost its process. */
const SILENT_MS = 30_000;

const runKey = ({ queue }: ApplicationQueue, id: string): string =>
  `${queue.opts.prefix ?? ''}:replay-run:${id}`;
const applicationsKey = (queue: ApplicationQueue, id: string): string => `${runKey(queue, id)}:applications`;

const now = async ({ clock }: ApplicationQueue): Promise<number> => (await clock.now()).getTime();

/** Stores what has changed of a run, and that it is alive. @throws ConvError QUEUE_UNAVAILABLE */
export async function saveRun(
  queue: ApplicationQueue,
  { id, ...fields }: Pick<ReplayRun, 'id'> & Partial<ReplayRun>,
): Promise<void> {
  const key = runKey(queue, id);
  const alive_at = await now(queue);
  await callQueue(async () => {
    await queue.connection.hset(key, { ...fields, alive_at });
    await queue.connection.expire(key, KEEP_SECONDS);
  });
}

/** Adds applications that were replayed. @throws ConvError QUEUE_UNAVAILABLE */
export async function addReplayed(
  queue: ApplicationQueue,
  id: string,
  applications: readonly Replayed[],
): Promise<void> {
  const key = applicationsKey(queue, id);
  const entries = applications.map((one) => JSON.stringify([one.id, one.processed_at]));
  if (entries.length === 0) return;
  await callQueue(async () => {
    await queue.connection.rpush(key, ...entries);
    await queue.connection.expire(key, KEEP_SECONDS);
  });
}

/** Returns a run of the last day, or null. @throws ConvError QUEUE_UNAVAILABLE */
export async function findRun(queue: ApplicationQueue, id: string): Promise<ReplayRun | null> {
  const stored = await callQueue(() => queue.connection.hgetall(runKey(queue, id)));
  const { asked_by, started_at, total, skipped, state, error, alive_at } = stored;
  if (asked_by === undefined || started_at === undefined) return null;
  const isLost = state === 'RUNNING' && Number(alive_at) < (await now(queue)) - SILENT_MS;
  return {
    id,
    asked_by,
    started_at,
    total: Number(total),
    skipped: Number(skipped),
    state: isLost ? 'STOPPED' : (state as ReplayRun['state']),
    error: isLost ? 'its web process has ended' : (error ?? null),
  };
}

const COUNT_OUTCOMES = `
SELECT CASE WHEN processed_at <> replaced THEN status END AS status, CASE WHEN processed_at <> replaced THEN reason END AS reason,
  count(*)::integer AS count
FROM unnest($1::text[], $2::timestamptz[]) AS replayed (id, replaced) JOIN applications USING (id)
GROUP BY 1, 2 ORDER BY 1, 3 DESC, 2`;

/**
 * Counts what became of the applications of a run.
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function countRunOutcomes(
  { sequelize }: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<ReplayedCount[]> {
  const entries = await callQueue(() => queue.connection.lrange(applicationsKey(queue, id), 0, -1));
  const replayed = entries.map((entry) => JSON.parse(entry) as [string, string]);
  const bind = [replayed.map(([one]) => one), replayed.map(([, at]) => at)];
  return withDatabaseErrors(() =>
    sequelize.query<ReplayedCount>(COUNT_OUTCOMES, { type: QueryTypes.SELECT, bind }),
  );
}
