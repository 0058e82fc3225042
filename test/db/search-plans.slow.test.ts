import { QueryTypes } from 'sequelize';
import { SEARCH, searchValues } from '../../src/applications/search';
import { useDatabase } from '../support/database';

const stores = useDatabase();
const ROWS = 50_000;
/** Few, because the planner reads the whole of a small table for many. */
const LIMIT = 11;

const CANDIDATES = `
INSERT INTO candidates (id, phone_number, first_name, last_name, email_address)
SELECT 'candidate-' || n, '+4917' || lpad((n * 7919 % 100000000)::text, 8, '0'), 'First' || n, 'Last' || n,
  'person' || n || '@example.com'
FROM generate_series(1, ${ROWS}) AS n`;

const APPLICATIONS = `
INSERT INTO applications (id, job_id, candidate_id, status, reason, payload, received_at, processed_at)
SELECT 'application-' || n, 'job-' || n % 50, 'candidate-' || n, status,
  CASE status WHEN 'FAILED' THEN 'it broke' ELSE 'ACTIVE_CONVERSATION' END, '{}', now(), now()
FROM generate_series(1, ${ROWS}) AS n, LATERAL (SELECT CASE WHEN n % 1000 = 0 THEN 'FAILED' ELSE 'REJECTED' END AS status) AS one`;

beforeAll(async () => {
  const { sequelize } = stores.database;
  for (const sql of [CANDIDATES, APPLICATIONS, 'ANALYZE']) await sequelize.query(sql);
});

it.each(['candidate-7', 'job-7', '+491712345678', '171 2345678', 'person7@example.com', 'first7', 'Last7 F'])(
  'finds %j without reading a whole table',
  async (text) => {
    const plan = await stores.database.sequelize.query(`EXPLAIN ${SEARCH}`, {
      type: QueryTypes.SELECT,
      bind: searchValues(text, LIMIT),
    });
    expect(JSON.stringify(plan)).not.toMatch(/Seq Scan on (candidates|applications)/);
  },
);
