import { QueryTypes, type Transaction } from 'sequelize';
import { eraseJobs } from '../applications/erase-jobs';
import { isErased } from '../applications/erased-event';
import { ConvError, ERASED_REASON } from '../lib/errors';
import { idRule } from '../lib/text';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { ApplicationQueue } from '../queue/applications';
import { findCandidateJobs, type CandidateJob } from '../queue/candidate-jobs';

/** The personal data of a candidate that was found or erased. `id` is the candidate's. */
export interface Erasure {
  id: string;
  /**
   * Applications received until this time never store personal data again. Null for a preview; the time of the earlier erasure
   * if nothing was left to erase.
   */
  erased_at: string | null;
  /** 1 when the candidate's record held personal data, otherwise 0. */
  candidates: number;
  /** Rows of applications that held personal data. */
  applications: number;
  /** Those of them that were DEFERRED and are now FAILED, so that no erased person is written to. */
  deferred: number;
  /** Jobs that held personal data. A worker fails those that are still waiting. */
  jobs: number;
  /** The candidate's conversation that is not COMPLETED; it is not changed. */
  active_conversation: string | null;
}

/** Selects the candidate's applications that hold personal data. */
const HAS_DATA = `candidate_id = $id AND payload->'candidate' IS DISTINCT FROM 'null'`;

/** Returns a row if the database knows the candidate. */
const FIND = `
SELECT FROM candidates WHERE id = $id UNION ALL SELECT FROM applications WHERE candidate_id = $id LIMIT 1`;

const COUNT = `
SELECT
  (SELECT count(*) FROM candidates WHERE id = $id AND phone_number IS NOT NULL)::int AS candidates,
  (SELECT count(*) FROM applications WHERE ${HAS_DATA})::int AS applications,
  (SELECT count(*) FROM applications WHERE ${HAS_DATA} AND status = 'DEFERRED')::int AS deferred,
  (SELECT id FROM conversations WHERE candidate_id = $id AND status IN ('CREATED', 'ONGOING')) AS active_conversation`;

/** Locks the candidate as processing an application does. Inserts a missing row, so that later processing finds erased_at. */
const LOCK = `
INSERT INTO candidates AS existing (id, erased_at) VALUES ($id, now())
ON CONFLICT (id) DO UPDATE SET updated_at = existing.updated_at`;

/** Erases the candidate's row. The time is later than every receipt, even if a web server's clock is ahead of the database's. */
const ERASE = `
UPDATE candidates SET phone_number = NULL, first_name = NULL, last_name = NULL, email_address = NULL,
  erased_at = moment, updated_at = moment
FROM (SELECT date_trunc('milliseconds', greatest(clock_timestamp(), $newestReceipt::timestamptz,
        (SELECT updated_at FROM candidates WHERE id = $id),
        (SELECT max(received_at) FROM applications WHERE candidate_id = $id))) + interval '1 ms' AS moment) AS now
WHERE id = $id RETURNING erased_at`;

const FIND_TIME = 'SELECT erased_at FROM candidates WHERE id = $id';

const FAIL_DEFERRED = `
UPDATE applications SET status = 'FAILED', reason = $reason, processed_at = now()
WHERE candidate_id = $id AND status = 'DEFERRED' AND received_at <= $erasedAt`;

const ERASE_PAYLOADS = `
UPDATE applications SET payload = payload || '{"candidate": null}' WHERE ${HAS_DATA} AND received_at <= $erasedAt`;

type Counts = Omit<Erasure, 'id' | 'jobs' | 'erased_at'>;

async function countRows(
  { sequelize }: Database,
  id: string,
  transaction: Transaction | null = null,
): Promise<Counts> {
  const bind = { id };
  const [counts] = await sequelize.query<Counts>(COUNT, { type: QueryTypes.SELECT, bind, transaction });
  if (!counts) throw new Error('the count returned no row');
  return counts;
}

/** Returns the candidate's jobs. Throws NOT_FOUND if neither queue nor database knows the candidate. */
async function findJobs(database: Database, queue: ApplicationQueue, id: string): Promise<CandidateJob[]> {
  const notFound = new ConvError('NOT_FOUND', `there is no candidate ${JSON.stringify(id)}`);
  if (idRule(id)) throw notFound;
  const jobs = await findCandidateJobs(queue, id);
  const rows = await withDatabaseErrors(() =>
    database.sequelize.query(FIND, { type: QueryTypes.SELECT, bind: { id } }),
  );
  if (rows.length + jobs.length === 0) throw notFound;
  return jobs;
}

function countWithData(jobs: readonly CandidateJob[]): number {
  return jobs.filter(({ data }) => !isErased(data.event)).length;
}

/**
 * Returns what an erasure would remove, and changes nothing.
 * @throws ConvError NOT_FOUND when neither database nor queue knows the candidate
 */
export async function previewErasure(
  database: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<Erasure> {
  const jobs = await findJobs(database, queue, id);
  const counts = await withDatabaseErrors(() => countRows(database, id));
  return { id, erased_at: null, ...counts, jobs: countWithData(jobs) };
}

/**
 * Erases the candidate's rows in one transaction, which holds the candidate's lock. If neither they nor the jobs hold personal
 * data, the time of the earlier erasure stays: it is the record of when it happened.
 */
function eraseRows(
  database: Database,
  id: string,
  jobs: readonly CandidateJob[],
): Promise<{ counts: Counts; erasedAt: Date }> {
  const newestReceipt =
    jobs
      .map(({ data }) => data.received_at)
      .sort()
      .at(-1) ?? null;
  const { sequelize } = database;
  return withDatabaseErrors(() =>
    sequelize.transaction(async (transaction) => {
      const options = (bind: Record<string, unknown>) =>
        ({ type: QueryTypes.SELECT, bind, transaction }) as const;
      await sequelize.query(LOCK, options({ id }));
      const counts = await countRows(database, id, transaction);
      const isDone = counts.candidates + counts.applications + countWithData(jobs) === 0;
      const [erased] = isDone
        ? await sequelize.query<{ erased_at: Date }>(FIND_TIME, options({ id }))
        : await sequelize.query<{ erased_at: Date }>(ERASE, options({ id, newestReceipt }));
      if (!erased) throw new Error('the locked candidate has no row');
      const { erased_at: erasedAt } = erased;
      await sequelize.query(FAIL_DEFERRED, options({ id, erasedAt, reason: ERASED_REASON }));
      await sequelize.query(ERASE_PAYLOADS, options({ id, erasedAt }));
      return { counts, erasedAt };
    }),
  );
}

/**
 * Erases a candidate's personal data from database and queue. Ids, statuses, conversations and events stay. Applications received
 * until then cannot bring the data back, because the trigger applications_stay_erased refuses them; later ones are processed
 * normally. Erasing again changes nothing, unless personal data was received since.
 * @throws ConvError NOT_FOUND when neither database nor queue knows the candidate; CONTENTION when a worker keeps a job of the
 *   candidate active for half a minute: then everything else is erased
 */
export async function eraseCandidate(
  database: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<Erasure> {
  const { counts, erasedAt } = await eraseRows(database, id, await findJobs(database, queue, id));
  const jobs = await eraseJobs(queue, id, erasedAt);
  return { id, erased_at: erasedAt.toISOString(), ...counts, jobs };
}
