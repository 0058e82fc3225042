import { Client } from 'pg';
import { APPLICATION_LIST, applicationFilters, type ApplicationQuery } from '../../../src/applications/list';
import { conversationFilters, type ConversationQuery } from '../../../src/conversations/filter';
import { CONVERSATION_LIST } from '../../../src/conversations/list';
import { keysetSql, type KeysetList, type ListFilters } from '../../../src/lists/keyset';
import { atEnd } from '../../support/cleanup';
import { useDatabase } from '../../support/database';

/**
 * Inserts conversations and applications. Foreign keys are not checked, so that no candidates are needed.
 * @param client a connection for this alone
 */
async function insertRows(client: Client, rows: number): Promise<void> {
  await client.query(`SET session_replication_role = replica`);
  await client.query(`
    INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
    SELECT gen_random_uuid(), 'application-' || n, 'candidate-' || n / 4, 'job-' || n % 50,
      (ARRAY['COMPLETED', 'COMPLETED', 'COMPLETED', 'CREATED'])[n % 4 + 1], at, at
    FROM generate_series(1, ${rows}) AS n, LATERAL (SELECT timestamptz '2026-01-01Z' + n * interval '1 second' AS at) AS time`);
  await client.query(`
    INSERT INTO applications (id, job_id, candidate_id, status, reason, conversation_id, payload, received_at, processed_at)
    SELECT 'application-' || n, 'job-' || n % 50, 'candidate-' || n / 4, status,
      CASE status WHEN 'FAILED' THEN 'it broke' WHEN 'REJECTED' THEN
        (ARRAY['ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'])[n / 20 % 2 + 1] END,
      CASE status WHEN 'ACCEPTED' THEN gen_random_uuid() END, '{}', at, at
    FROM generate_series(1, ${rows}) AS n, LATERAL (SELECT timestamptz '2026-01-01Z' + n * interval '1 second' AS at,
      CASE WHEN n % 1000 = 0 THEN 'FAILED' WHEN n % 20 = 1 THEN 'REJECTED' ELSE 'ACCEPTED' END AS status) AS one`);
  await client.query('ANALYZE');
}

interface Plan {
  'Node Type': string;
  'Relation Name'?: string;
  'Rows Removed by Filter'?: number;
  'Actual Rows'?: number;
  Plans?: Plan[];
}

const flat = (plan: Plan): Plan[] => [plan, ...(plan.Plans ?? []).flatMap(flat)];

/** Runs a statement with a plan for its values or with the generic plan, and returns the nodes of the plan. */
async function explain(
  client: Client,
  mode: string,
  { sql, bind }: ReturnType<typeof keysetSql>,
): Promise<Plan[]> {
  await client.query(`SET plan_cache_mode = ${mode}`);
  await client.query(`PREPARE page AS ${sql}`);
  const literals = bind.map((value) => client.escapeLiteral(value)).join(', ');
  const execute = `EXECUTE page${bind.length > 0 ? `(${literals})` : ''}`;
  const { rows } = await client.query<{ 'QUERY PLAN': [{ Plan: Plan }] }>(
    `EXPLAIN (ANALYZE, FORMAT JSON) ${execute}`,
  );
  await client.query('DEALLOCATE page');
  const [found] = rows;
  if (!found) throw new Error('EXPLAIN returned nothing');
  return flat(found['QUERY PLAN'][0].Plan);
}

/** The plan reads the rows of the page from an index, in order, and no others. */
function expectIndexRange(plan: Plan[]): void {
  const kinds = plan.map((node) => node['Node Type']);
  expect(kinds).not.toContain('Seq Scan');
  expect(kinds.filter((kind) => kind.includes('Sort'))).toEqual([]);
  expect(plan.map((node) => node['Rows Removed by Filter'] ?? 0)).toEqual(plan.map(() => 0));
  const read = plan.filter((node) => node['Relation Name'] !== undefined);
  expect(read.length).toBeGreaterThan(0);
  for (const node of read) expect(node['Actual Rows']).toBeLessThanOrEqual(51);
}

const MODES = ['force_generic_plan', 'force_custom_plan'];

const conversationQueries = (at: Date): Omit<ConversationQuery, 'order' | 'limit'>[] => [
  {},
  { status: ['CREATED'] },
  { status: ['CREATED', 'ONGOING'] },
  { candidate_id: 'candidate-777' },
  { job_id: 'job-7' },
  { status: ['CREATED', 'COMPLETED'], job_id: 'job-7' },
  { created_after: at },
  { created_before: at },
  { status: ['COMPLETED'], created_after: at },
  { job_id: 'job-7', created_before: at },
];

/** At most a few rows match, which PostgreSQL finds by an index and then sorts. */
const sortedQueries = (recent: Date): Omit<ConversationQuery, 'order' | 'limit'>[] => [
  { application_id: 'application-777' },
  { updated_after: recent },
  { status: ['CREATED', 'COMPLETED'], updated_after: recent },
];

const applicationQueries = (at: Date): Omit<ApplicationQuery, 'order' | 'limit'>[] => [
  {},
  { status: ['FAILED'] },
  { status: ['FAILED', 'REJECTED'] },
  { reason: ['ACTIVE_CONVERSATION'] },
  { status: ['REJECTED'], reason: ['ACTIVE_CONVERSATION', 'DUPLICATE_APPLICATION'] },
  { candidate_id: 'candidate-777' },
  { job_id: 'job-7' },
  { status: ['REJECTED'], job_id: 'job-7' },
  { status: ['FAILED'], received_after: at },
];

/** The plan reads the matching rows, here at most 100, and no others. */
function expectMatchingRows(plan: Plan[]): void {
  expect(plan.map((node) => node['Rows Removed by Filter'] ?? 0)).toEqual(plan.map(() => 0));
  for (const node of plan) expect(node['Actual Rows'] ?? 0).toBeLessThanOrEqual(100);
}

/** Makes the planner prefer index scans even on small tables; it still sorts or filters where no index serves a query. */
const PREFER_INDEXES = 'SET enable_seqscan = off; SET enable_bitmapscan = off; SET enable_sort = off';

/**
 * Defines tests: every filter of the lists reads its page from an index.
 * @param options `freePlanner`: whether the planner may also choose other plans, which needs many rows
 */
export function describeListPlans(options: { rows: number; freePlanner: boolean }): void {
  const { rows, freePlanner } = options;
  const stores = useDatabase();
  let client: Client;
  beforeAll(async () => {
    client = new Client({ connectionString: stores.url });
    await client.connect();
    atEnd(() => client.end());
    await insertRows(client, rows);
    if (!freePlanner) await client.query(PREFER_INDEXES);
  });
  const at = new Date(Date.UTC(2026, 0, 1) + (rows / 2) * 1000);

  async function expectIndexRanges(mode: string, list: KeysetList, filters: ListFilters, key: string[]) {
    for (const order of ['asc', 'desc'] as const)
      for (const after of [undefined, key])
        expectIndexRange(
          await explain(client, mode, keysetSql(list, { ...filters, order, after, limit: 50 })),
        );
  }

  const recent = new Date(Date.UTC(2026, 0, 1) + (rows - 99) * 1000);
  if (freePlanner)
    it.each(sortedQueries(recent))('reads only the conversations that match %j', async (query) => {
      const filters = { ...conversationFilters(query), after: undefined, order: 'desc', limit: 50 } as const;
      expectMatchingRows(await explain(client, 'force_custom_plan', keysetSql(CONVERSATION_LIST, filters)));
    });

  describe.each(MODES)('%s', (mode) => {
    it.each(conversationQueries(at))(
      'reads the first and a later page of conversations with %j from an index, in both orders',
      async (query) => {
        const filters = conversationFilters(query);
        const key = [at.toISOString(), '0198f000-0000-7000-8000-000000000001'];
        await expectIndexRanges(mode, CONVERSATION_LIST, filters, key);
      },
    );

    it.each(applicationQueries(at))(
      'reads the first and a later page of applications with %j from an index, in both orders',
      async (query) => {
        const filters = applicationFilters({ ...query, order: 'asc', limit: 50 });
        await expectIndexRanges(mode, APPLICATION_LIST, filters, [at.toISOString(), 'a']);
      },
    );
  });
}
