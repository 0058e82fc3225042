import { QueryTypes, type Transaction } from 'sequelize';
import { ConvError, ERASED_REASON } from '../lib/errors';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { ApplicationQueue } from '../queue/applications';
import { findCandidateJobs, type CandidateJob } from '../queue/candidate-jobs';
import { idRule } from '../lib/text';
import { eraseJobs } from '../applications/erase-jobs';
import { isErased } from '../applications/erased-event';

/** What there is of a candidate's personal data, or what went. `id` is the candidate's. */
export interface Erasure {
  id: string;
  /** When it went; what was received until then is never stored again. Null where nothing was done. */
  erased_at: string | null;
  /** 1 where the candidate's own record held some. */
  candidates: number;
  /** Applications in the database that held some. */
  applications: number;
  /** Of these the DEFERRED ones, which are FAILED now: nobody who was erased is written to. */
  deferred: number;
  /** Jobs in the queue that held some. Those that wait will be FAILED when a worker comes to them. */
  jobs: number;
  /** The candidate's conversation that is not COMPLETED. It stays as it is. */
  active_conversation: string | null;
}

const KEPT = `candidate_id = $id AND payload->'candidate' IS DISTINCT FROM 'null'`;

const TRACE = `
SELECT FROM candidates WHERE id = $id UNION ALL SELECT FROM applications WHERE candidate_id = $id LIMIT 1`;

const COUNT = `
SELECT
  (SELECT count(*) FROM candidates WHERE id = $id AND phone_number IS NOT NULL)::int AS candidates,
  (SELECT count(*) FROM applications WHERE ${KEPT})::int AS applications,
  (SELECT count(*) FROM applications WHERE ${KEPT} AND status = 'DEFERRED')::int AS deferred,
  (SELECT id FROM conversations WHERE candidate_id = $id AND status IN ('CREATED', 'ONGOING')) AS active_conversation`;

/** The row stays, or comes to be, as the mark that whatever is decided later has to pass; now it is locked as for a decision. */
const LOCK = `
INSERT INTO candidates AS known (id, erased_at) VALUES ($id, now())
ON CONFLICT (id) DO UPDATE SET updated_at = known.updated_at`;

/** Later than all that was received, also by a clock that is ahead of the database's. */
const ERASE = `
UPDATE candidates SET phone_number = NULL, first_name = NULL, last_name = NULL, email_address = NULL,
  erased_at = moment, updated_at = moment
FROM (SELECT date_trunc('milliseconds', greatest(clock_timestamp(), $newest::timestamptz,
        (SELECT updated_at FROM candidates WHERE id = $id),
        (SELECT max(received_at) FROM applications WHERE candidate_id = $id))) + interval '1 ms' AS moment) AS now
WHERE id = $id RETURNING erased_at`;

const FAIL_DEFERRED = `
UPDATE applications SET status = 'FAILED', reason = $reason, processed_at = now()
WHERE candidate_id = $id AND status = 'DEFERRED' AND received_at <= $erasedAt`;

const ERASE_PAYLOADS = `
UPDATE applications SET payload = payload || '{"candidate": null}' WHERE ${KEPT} AND received_at <= $erasedAt`;

type Counts = Omit<Erasure, 'id' | 'jobs' | 'erased_at'>;

async function count(
  { sequelize }: Database,
  id: string,
  transaction: Transaction | null = null,
): Promise<Counts> {
  const bind = { id };
  const [counts] = await sequelize.query<Counts>(COUNT, { type: QueryTypes.SELECT, bind, transaction });
  if (!counts) throw new Error('a count is one row');
  return counts;
}

/** The candidate's jobs, where there is any trace of the candidate at all. */
async function trace(database: Database, queue: ApplicationQueue, id: string): Promise<CandidateJob[]> {
  const unknown = new ConvError('NOT_FOUND', `there is no candidate ${JSON.stringify(id)}`);
  if (idRule(id)) throw unknown;
  const jobs = await findCandidateJobs(queue, id);
  const rows = await withDatabaseErrors(() =>
    database.sequelize.query(TRACE, { type: QueryTypes.SELECT, bind: { id } }),
  );
  if (rows.length + jobs.length === 0) throw unknown;
  return jobs;
}

/**
 * What an erasure would remove; changes nothing.
 * @throws ConvError NOT_FOUND where there is no trace of the candidate
 */
export async function previewErasure(
  database: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<Erasure> {
  const jobs = await trace(database, queue, id);
  const counts = await withDatabaseErrors(() => count(database, id));
  const withData = jobs.filter(({ data }) => !isErased(data.event));
  return { id, erased_at: null, ...counts, jobs: withData.length };
}

/** The database's part, in one transaction under the candidate's lock. */
function eraseRows(
  database: Database,
  id: string,
  newest: string | null,
): Promise<{ counts: Counts; erasedAt: Date }> {
  const { sequelize } = database;
  return withDatabaseErrors(() =>
    sequelize.transaction(async (transaction) => {
      const run = (sql: string, bind: Record<string, unknown>) =>
        sequelize.query<{ erased_at: Date }>(sql, { type: QueryTypes.SELECT, bind, transaction });
      await run(LOCK, { id });
      const counts = await count(database, id, transaction);
      const [erased] = await run(ERASE, { id, newest });
      if (!erased) throw new Error('a candidate that is locked is there');
      const { erased_at: erasedAt } = erased;
      await run(FAIL_DEFERRED, { id, erasedAt, reason: ERASED_REASON });
      await run(ERASE_PAYLOADS, { id, erasedAt });
      return { counts, erasedAt };
    }),
  );
}

/**
 * Removes a candidate's personal data from database and queue. Ids, statuses, conversations and events stay, and so do all counts.
 * What was received until then never brings it back, in whatever hands it is: the database refuses to decide it
 * (applications_stay_erased). What is received later is stored as anybody's. Doing it again changes nothing.
 * @throws ConvError NOT_FOUND where there is no trace of the candidate; CONTENTION where a worker keeps one of its
 *   applications in hand for half a minute: everything else is erased then
 */
export async function eraseCandidate(
  database: Database,
  queue: ApplicationQueue,
  id: string,
): Promise<Erasure> {
  const received = (await trace(database, queue, id)).map(({ data }) => data.received_at);
  const { counts, erasedAt } = await eraseRows(database, id, received.sort().at(-1) ?? null);
  const jobs = await eraseJobs(queue, id, erasedAt);
  return { id, erased_at: erasedAt.toISOString(), ...counts, jobs };
}
