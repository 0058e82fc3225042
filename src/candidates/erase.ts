import { QueryTypes, type Transaction } from 'sequelize';
import { eraseJobs } from '../applications/erase-jobs';
import { isErased } from '../applications/erased-event';
import { failErasedDeferred, lockFailures } from '../applications/record-failure';
import { ConvError } from '../lib/errors';
import { idRule } from '../lib/text';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, type ApplicationQueue } from '../queue/applications';
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
const HAS_DATA = `candidate_id = $id AND payload IS NOT NULL AND payload->'candidate' IS DISTINCT FROM 'null'`;

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
INSERT INTO candidates AS existing (id, erased_at, created_at, updated_at) VALUES ($id, $now, $now, $now)
ON CONFLICT (id) DO UPDATE SET updated_at = existing.updated_at`;

/** Data that is received later is newer than the erasure and is stored again. */
const ERASE = `
UPDATE candidates SET phone_number = NULL, first_name = NULL, last_name = NULL, email_address = NULL,
  erased_at = $moment, updated_at = $moment
WHERE id = $id RETURNING erased_at`;

const FIND_TIME = 'SELECT erased_at FROM candidates WHERE id = $id';

const ERASE_PAYLOADS = `UPDATE applications SET payload = payload || '{"candidate": null}' WHERE ${HAS_DATA}`;

/** Two web processes may differ this much about Redis' time; their real error is half a round trip. */
const CLOCK_ERROR_MS = 100;

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
 * Returns the time of an erasure: not before the receipt of any job that was found, as far as a clock's error explains it. It is
 * never far in the future, where it would refuse new applications.
 */
function erasureTime(now: Date, jobs: readonly CandidateJob[]): Date {
  const receipts = jobs.map(({ data }) => Date.parse(data.received_at));
  return new Date(Math.max(+now, ...receipts.filter((time) => time <= +now + CLOCK_ERROR_MS)));
}

/**
 * Erases the candidate's rows in one transaction, which holds the candidate's lock. If neither they nor the jobs hold personal
 * data, the time of the earlier erasure stays: it is the record of when it happened.
 */
function eraseRows(
  database: Database,
  { clock }: ApplicationQueue,
  id: string,
  jobs: readonly CandidateJob[],
): Promise<{ counts: Counts; erasedAt: Date }> {
  const { sequelize } = database;
  return withDatabaseErrors(() =>
    sequelize.transaction(async (transaction) => {
      const options = (bind: Record<string, unknown>) =>
        ({ type: QueryTypes.SELECT, bind: { id, ...bind }, transaction }) as const;
      const readTime = () => callQueue(() => clock.read());
      await lockFailures(id, database, transaction);
      await sequelize.query(LOCK, options({ now: await readTime() }));
      const counts = await countRows(database, id, transaction);
      const isDone = counts.candidates + counts.applications + countWithData(jobs) === 0;
      // Read under the lock: what was processed before it was received before this time.
      const moment = erasureTime(await readTime(), jobs);
      const [erased] = isDone
        ? await sequelize.query<{ erased_at: Date }>(FIND_TIME, options({}))
        : await sequelize.query<{ erased_at: Date }>(ERASE, options({ moment }));
      if (!erased) throw new Error('the locked candidate has no row');
      await failErasedDeferred(id, database, transaction);
      await sequelize.query(ERASE_PAYLOADS, options({}));
      return { counts, erasedAt: erased.erased_at };
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
  const found = await findJobs(database, queue, id);
  const { counts, erasedAt } = await eraseRows(database, queue, id, found);
  const jobs = await eraseJobs(queue, id, { found, receivedUntil: erasedAt });
  return { id, erased_at: erasedAt.toISOString(), ...counts, jobs };
}
