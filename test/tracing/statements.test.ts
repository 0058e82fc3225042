import { connectDatabase, type Database } from '../../src/models/connect';
import { describeStatement } from '../../src/models/trace-statements';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { CANDIDATE } from '../support/factories';
import { findSpan, recordSpans, type RecordedSpans } from './support/recorded-spans';

const stores = useDatabase();

function connect(): RecordedSpans & { database: Database } {
  const recorded = recordSpans();
  const database = connectDatabase(stores.url, { tracing: recorded.tracing });
  atEnd(() => database.sequelize.close());
  return { ...recorded, database };
}

it.each([
  ['\nINSERT INTO conversations (id) SELECT 1 FROM unnest($1)', 'INSERT', 'conversations'],
  ['SELECT "id" FROM "api_tokens" AS "ApiToken"', 'SELECT', 'api_tokens'],
  ["UPDATE event_deliveries SET last_error = 'FROM candidates'", 'UPDATE', 'event_deliveries'],
  ["SELECT 'Jane FROM Paris'", 'SELECT', null],
  ['START TRANSACTION; SET LOCAL lock_timeout = 1;', 'START TRANSACTION', null],
  ['WITH x AS (SELECT 1) SELECT 1 FROM x', 'QUERY', null],
])('names the statement %s', (sql, operation, table) => {
  expect(describeStatement(sql)).toEqual({ operation, table });
});

it('records a failed statement by its SQLSTATE, without its values', async () => {
  const { database, tracing, end } = connect();
  const candidate = { id: 'a', phoneNumber: 'tel-4155552671', firstName: CANDIDATE.first_name };
  const work = tracing.run('work', {}, () => database.candidates.create(candidate));
  await expect(work).rejects.toThrow();
  const spans = await end();
  expect(findSpan(spans, 'INSERT candidates')).toMatchObject({
    kind: 2,
    status: { code: 2 },
    attributes: {
      'db.system.name': 'postgresql',
      'db.collection.name': 'candidates',
      'db.response.status_code': '23514',
      'error.type': '23514',
    },
    parentSpanContext: { spanId: findSpan(spans, 'work').spanContext().spanId },
  });
  const everything = JSON.stringify(
    spans.map(({ name, attributes, status, events }) => [name, attributes, status, events]),
  );
  expect(everything).not.toContain('4155552671');
});

it('records no statement outside of a span', async () => {
  const { database, end } = connect();
  await database.candidates.count();
  expect(await end()).toEqual([]);
});
