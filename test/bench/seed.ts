import type { Pool } from 'pg';

/** Creation time of the first row: recent enough that the retention of events keeps them. */
const FIRST_MS = Date.now() - 25 * 24 * 3_600_000;
const STEP_MS = 170;

/** Returns the creation time of the n-th conversation. */
export const createdAt = (n: number): Date => new Date(FIRST_MS + n * STEP_MS);

const NUMBERS = `SELECT n, ${FIRST_MS} + n::bigint * ${STEP_MS} AS ms,
    to_timestamp((${FIRST_MS} + n::bigint * ${STEP_MS}) / 1000.0) AS at FROM generate_series($1::int, $2::int) AS n`;

const uuid = (version: string) =>
  `CAST(lpad(to_hex(ms), 12, '0') || '7000' || '${version}' || lpad(to_hex(n), 15, '0') AS uuid)`;

/** One conversation per number with its candidate, application and event. */
const TABLES = [
  `INSERT INTO candidates (id, phone_number, first_name, last_name, email_address, created_at, updated_at)
   SELECT 'candidate-seed-' || n, '+14155552671', 'Jane', 'Doe', 'jane.doe@example.com', at, at FROM numbers`,
  `INSERT INTO applications (id, job_id, candidate_id, status, conversation_id, payload, received_at, processed_at)
   SELECT 'application-seed-' || n, 'job-' || n % 1000, 'candidate-seed-' || n, 'ACCEPTED', ${uuid('8')},
     jsonb_build_object('id', 'application-seed-' || n, 'job_id', 'job-' || n % 1000, 'candidate_id', 'candidate-seed-' || n,
       'candidate', jsonb_build_object('phone_number', '+14155552671', 'first_name', 'Jane', 'last_name', 'Doe',
         'email_address', 'jane.doe@example.com')), at, at FROM numbers`,
  `INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
   SELECT ${uuid('8')}, 'application-seed-' || n, 'candidate-seed-' || n, 'job-' || n % 1000,
     (ARRAY['CREATED', 'ONGOING', 'COMPLETED'])[n % 3 + 1], at, at FROM numbers`,
  `INSERT INTO events (id, position, type, application_id, data, created_at)
   SELECT ${uuid('9')}, n, 'conversation.created', 'application-seed-' || n,
     json_build_object('id', ${uuid('8')}, 'application_id', 'application-seed-' || n, 'candidate_id', 'candidate-seed-' || n,
       'job_id', 'job-' || n % 1000, 'status', 'CREATED', 'created_at', at, 'updated_at', at), at FROM numbers`,
];

const ROWS_PER_STATEMENT = 500_000;

/** Secondary indexes without a rule. The unique ones stay during the inserts, whose rows come in their order. */
const INDEXES = `SELECT schemaname, indexname, indexdef FROM pg_indexes
  WHERE schemaname = 'public' AND tablename IN ('candidates', 'applications', 'conversations', 'events')
    AND indexdef NOT LIKE 'CREATE UNIQUE%'`;

/** Inserts conversations by plain SQL, without triggers and foreign keys, and builds the secondary indexes at the end. */
export async function seed(pool: Pool, count: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query(`SET session_replication_role = replica; SET synchronous_commit = off;
      SET maintenance_work_mem = '512MB'; SET work_mem = '64MB'`);
    const { rows } = await client.query<{ indexname: string; indexdef: string }>(INDEXES);
    for (const { indexname } of rows) await client.query(`DROP INDEX ${indexname}`);
    for (let from = 1; from <= count; from += ROWS_PER_STATEMENT)
      for (const table of TABLES)
        await client.query(`WITH numbers AS (${NUMBERS}) ${table}`, [
          from,
          Math.min(from + ROWS_PER_STATEMENT - 1, count),
        ]);
    for (const { indexdef } of rows) await client.query(indexdef);
    await client.query(`SELECT setval('events_position', $1)`, [count]);
    await client.query('VACUUM ANALYZE');
  } finally {
    client.release(true); // Closes the connection, because its settings were changed.
  }
}
