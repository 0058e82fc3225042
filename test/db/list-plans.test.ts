import { Client } from 'pg';
import { CONVERSATION_LIST, conversationFilters, type ConversationQuery } from '../../src/conversations/list';
import { APPLICATION_LIST, applicationFilters, type ApplicationQuery } from '../../src/applications/list';
import { pageSql } from '../../src/lists/list';
import { encodeCursor } from '../../src/lists/cursor';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';

const stores = useDatabase();
const ROWS = 1_000_000;

let client: Client;
beforeAll(async () => {
  client = new Client({ connectionString: stores.url });
  await client.connect();
  atEnd(() => client.end());
  // Foreign keys are checked by triggers, and a million candidates are not what this is about.
  await client.query(`SET session_replication_role = replica`);
  await client.query(`
    INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
    SELECT gen_random_uuid(), 'application-' || n, 'candidate-' || n / 4, 'job-' || n % 50,
      (ARRAY['COMPLETED', 'COMPLETED', 'COMPLETED', 'CREATED'])[n % 4 + 1], at, at
    FROM generate_series(1, ${ROWS}) AS n, LATERAL (SELECT timestamptz '2026-01-01Z' + n * interval '1 second' AS at) AS time`);
  await client.query(`
    INSERT INTO applications (id, job_id, candidate_id, status, reason, conversation_id, payload, received_at, processed_at)
    SELECT 'application-' || n, 'job-' || n % 50, 'candidate-' || n / 4, status,
      CASE status WHEN 'FAILED' THEN 'it broke' WHEN 'REJECTED' THEN
        (ARRAY['ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'])[n / 20 % 2 + 1] END,
      CASE status WHEN 'ACCEPTED' THEN gen_random_uuid() END, '{}', at, at
    FROM generate_series(1, ${ROWS}) AS n, LATERAL (SELECT timestamptz '2026-01-01Z' + n * interval '1 second' AS at,
      CASE WHEN n % 1000 = 0 THEN 'FAILED' WHEN n % 20 = 1 THEN 'REJECTED' ELSE 'ACCEPTED' END AS status) AS one`);
  await client.query('ANALYZE');
}, 300_000);

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Rows Removed by Filter'?: number;
  'Actual Rows'?: number;
  Plans?: Plan[];
}

const conversationPage = (query: ConversationQuery) =>
  pageSql(CONVERSATION_LIST, conversationFilters(query), query);
const applicationPage = (query: ApplicationQuery) =>
  pageSql(APPLICATION_LIST, applicationFilters(query), query);

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

/** What PostgreSQL did: with a plan for these values, and with the one that it keeps for all. */
async function planOf({ sql, bind }: ReturnType<typeof pageSql>, mode: string): Promise<Plan[]> {
  await client.query(`SET plan_cache_mode = ${mode}`);
  await client.query(`PREPARE page AS ${sql}`);
  const literals = bind.map((value) => client.escapeLiteral(value)).join(', ');
  const execute = `EXECUTE page${bind.length > 0 ? `(${literals})` : ''}`;
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${execute}`,
  );
  await client.query('DEALLOCATE page');
  const [found] = rows;
  if (!found) throw new Error('EXPLAIN has an answer');
  return flat(found['QUERY PLAN'][0].Plan);
}

function expectSeek(plan: Plan[]): void {
  const kinds = plan.map((node) => node['Node Type']);
  expect(kinds).not.toContain('Seq Scan');
  expect(kinds.filter((kind) => kind.includes('Sort'))).toEqual([]);
  expect(plan.map((node) => node['Rows Removed by Filter'] ?? 0)).toEqual(plan.map(() => 0));
  const read = plan.filter((node) => node['Relation Name'] !== undefined);
  expect(read.length).toBeGreaterThan(0);
  for (const node of read) expect(node['Actual Rows']).toBeLessThanOrEqual(51);
}

const AT = new Date('2026-01-06T00:00:00Z');
const MODES = ['force_generic_plan', 'force_custom_plan'];

const CONVERSATIONS: Omit<ConversationQuery, 'order' | 'limit'>[] = [
  {},
  { status: ['CREATED'] },
  { status: ['CREATED', 'ONGOING'] },
  { candidate_id: 'candidate-777' },
  { job_id: 'job-7' },
  { status: ['CREATED', 'COMPLETED'], job_id: 'job-7' },
  { created_after: AT },
  { created_before: AT },
  { status: ['COMPLETED'], created_after: AT },
  { job_id: 'job-7', created_before: AT },
];

const APPLICATIONS: Omit<ApplicationQuery, 'order' | 'limit'>[] = [
  {},
  { status: ['FAILED'] },
  { status: ['FAILED', 'REJECTED'] },
  { reason: ['ACTIVE_CONVERSATION'] },
  { status: ['REJECTED'], reason: ['ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'] },
  { candidate_id: 'candidate-777' },
  { job_id: 'job-7' },
  { status: ['REJECTED'], job_id: 'job-7' },
  { status: ['FAILED'], received_after: AT },
];

describe.each(MODES)('%s', (mode) => {
  describe.each(['asc', 'desc'] as const)('%s', (order) => {
    it.each(CONVERSATIONS)(
      'conversations with %j are sought, at the beginning and in the midst',
      async (filters) => {
        const query = { ...filters, order, limit: 50 };
        expectSeek(await planOf(conversationPage(query), mode));
        const place = [AT.toISOString(), '0198f000-0000-7000-8000-000000000001'];
        const cursor = encodeCursor(place, { list: 'conversations', order, ...filters });
        expectSeek(await planOf(conversationPage({ ...query, cursor }), mode));
      },
    );

    it.each(APPLICATIONS)(
      'applications with %j are sought, at the beginning and in the midst',
      async (filters) => {
        const query = { ...filters, order, limit: 50 };
        expectSeek(await planOf(applicationPage(query), mode));
        const cursor = encodeCursor([AT.toISOString(), 'a'], { list: 'applications', order, ...filters });
        expectSeek(await planOf(applicationPage({ ...query, cursor }), mode));
      },
    );
  });
});
