import { QueryTypes } from 'sequelize';
import { toIso } from '../lib/time';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** FAILED applications that nobody has dismissed; the index on their status finds them. */
const OPEN_FAILURES = `FROM applications WHERE status = 'FAILED' AND dismissed_at IS NULL`;

const COUNT_FAILURES = `SELECT count(*)::integer AS count FROM (SELECT ${OPEN_FAILURES} LIMIT $1) AS failures`;

/**
 * Counts FAILED applications that nobody has dismissed.
 * @param most where it stops counting
 * @throws ConvError DATABASE_UNAVAILABLE
 */
export function countFailures({ sequelize }: Database, most: number): Promise<number> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<{ count: number }>(COUNT_FAILURES, {
      type: QueryTypes.SELECT,
      bind: [most],
    });
    return row?.count ?? 0;
  });
}

/** FAILED applications with the same error. */
export interface FailureGroup {
  reason: string;
  count: number;
  first_failed_at: string;
  last_failed_at: string;
}

/** The largest groups, and how many there are. */
export interface Failures {
  groups: FailureGroup[];
  /** Of all groups. */
  group_count: number;
  count: number;
}

const GROUP_FAILURES = `
SELECT reason, count(*)::integer AS count, min(processed_at) AS first_failed_at, max(processed_at) AS last_failed_at,
  count(*) OVER ()::integer AS group_count, sum(count(*)) OVER ()::integer AS total
${OPEN_FAILURES} GROUP BY reason ORDER BY count DESC, last_failed_at DESC, reason LIMIT $1`;

interface GroupRow {
  reason: string;
  count: number;
  first_failed_at: Date;
  last_failed_at: Date;
  group_count: number;
  total: number;
}

/**
 * Returns FAILED applications that nobody has dismissed by their error, the largest group first.
 * @param most how many groups it returns
 * @throws ConvError DATABASE_UNAVAILABLE
 */
export function groupFailures({ sequelize }: Database, most: number): Promise<Failures> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<GroupRow>(GROUP_FAILURES, { type: QueryTypes.SELECT, bind: [most] });
    const groups = rows.map(({ reason, count, first_failed_at, last_failed_at }) => ({
      reason,
      count,
      first_failed_at: toIso(first_failed_at),
      last_failed_at: toIso(last_failed_at),
    }));
    return { groups, group_count: rows[0]?.group_count ?? 0, count: rows[0]?.total ?? 0 };
  });
}

const COUNT_GROUP = `SELECT count(*)::integer AS count ${OPEN_FAILURES} AND reason = $1`;

/** Counts the FAILED applications with this error that nobody has dismissed. @throws ConvError DATABASE_UNAVAILABLE */
export function countFailureGroup({ sequelize }: Database, reason: string): Promise<number> {
  return withDatabaseErrors(async () => {
    const [row] = await sequelize.query<{ count: number }>(COUNT_GROUP, {
      type: QueryTypes.SELECT,
      bind: [reason],
    });
    return row?.count ?? 0;
  });
}

/** How many FAILED applications with one error are for a job. */
export interface FailuresOfJob {
  job_id: string;
  count: number;
}

const COUNT_BY_JOB = `
SELECT job_id, count(*)::integer AS count, count(*) OVER ()::integer AS job_count
${OPEN_FAILURES} AND reason = $1 GROUP BY job_id ORDER BY count DESC, job_id LIMIT $2`;

/**
 * Counts the FAILED applications with this error that nobody has dismissed by their job, the most frequent one first.
 * @param most how many jobs it returns; `job_count` is the number of all
 * @throws ConvError DATABASE_UNAVAILABLE
 */
export function countFailuresByJob(
  { sequelize }: Database,
  reason: string,
  most: number,
): Promise<{ jobs: FailuresOfJob[]; job_count: number }> {
  return withDatabaseErrors(async () => {
    const rows = await sequelize.query<FailuresOfJob & { job_count: number }>(COUNT_BY_JOB, {
      type: QueryTypes.SELECT,
      bind: [reason, most],
    });
    return { jobs: rows.map(({ job_id, count }) => ({ job_id, count })), job_count: rows[0]?.job_count ?? 0 };
  });
}
