import { randomUUID } from 'node:crypto';
import type { ConversationStatus, ConversationView } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { faults, problemOf } from '../support/problem';
import { nextInstant } from '../support/time';
import { useQueue } from '../support/queue';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** Fourteen conversations for one job, each with the candidate `candidate-N`; oldest first. */
const job_id = `job-${randomUUID()}`;
const STATUSES: ConversationStatus[] = ['CREATED', 'ONGOING', 'COMPLETED'];
const all: { id: string; status: ConversationStatus }[] = [];
let between: string;

beforeAll(async () => {
  for (let n = 0; n < 14; n++) {
    const status = STATUSES[n % 3] ?? 'CREATED';
    if (n === 7) between = await nextInstant();
    all.push({
      id: await createConversation(stores, status, { job_id, candidate_id: `candidate-${n}` }),
      status,
    });
  }
  await createConversation(stores);
});

async function ids(query: string): Promise<string[]> {
  const response = await call(web, 'GET', `/conversations?job_id=${job_id}&${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: ConversationView[] }).data.map(({ id }) => id);
}

const idsWith = (...statuses: ConversationStatus[]) =>
  all.filter(({ status }) => statuses.includes(status)).map(({ id }) => id);

const newestFirst = (list: string[]) => [...list].reverse();

it('returns data and next_cursor, and exactly the fields of a conversation', async () => {
  const body = (await (await call(web, 'GET', '/conversations?limit=1')).json()) as { data: object[] };
  expect(Object.keys(body)).toEqual(['data', 'next_cursor']);
  expect(body.data.map(Object.keys)).toEqual([
    ['id', 'application_id', 'candidate_id', 'job_id', 'status', 'created_at', 'updated_at'],
  ]);
});

it('lists the newest first by default', async () => {
  expect(await ids('')).toEqual(newestFirst(idsWith(...STATUSES)));
});

it('lists in the requested order', async () => {
  expect(await ids('order=asc')).toEqual(idsWith(...STATUSES));
  expect(await ids('order=desc')).toEqual(newestFirst(idsWith(...STATUSES)));
});

it.each(STATUSES)('filters by status %s', async (status) => {
  expect(await ids(`status=${status}`)).toEqual(newestFirst(idsWith(status)));
});

it.each([
  'status=CREATED&status=COMPLETED',
  'status=CREATED,COMPLETED',
  'status=CREATED,CREATED&status=COMPLETED',
])('filters by several statuses: %s', async (query) => {
  expect(await ids(query)).toEqual(newestFirst(idsWith('CREATED', 'COMPLETED')));
});

it('filters by candidate', async () => {
  expect(await ids('candidate_id=candidate-3')).toEqual([all[3]?.id]);
});

it('combines filters with AND', async () => {
  expect(await ids('candidate_id=candidate-3&status=CREATED')).toEqual([all[3]?.id]);
  expect(await ids('candidate_id=candidate-3&status=ONGOING')).toEqual([]);
});

it('returns an empty list for an unknown candidate', async () => {
  expect(await ids('candidate_id=unknown')).toEqual([]);
});

it.each(['candidate_id', 'job_id'])('matches %s literally, without wildcards', async (name) => {
  const response = await call(web, 'GET', `/conversations?${name}=%25`);
  expect(await response.json()).toEqual({ data: [], next_cursor: null });
});

it('filters by the time of creation', async () => {
  const at = encodeURIComponent(between);
  expect(await ids(`order=asc&created_before=${at}`)).toEqual(idsWith(...STATUSES).slice(0, 7));
  expect(await ids(`order=asc&created_after=${at}`)).toEqual(idsWith(...STATUSES).slice(7));
  expect(await ids(`created_after=${at}&created_before=${at}`)).toEqual([]);
});

it('accepts times in other time zones', async () => {
  const shifted = new Date(new Date(between).getTime() + 7_200_000).toISOString().replace('Z', '+02:00');
  expect(await ids(`order=asc&created_before=${encodeURIComponent(shifted)}`)).toEqual(
    idsWith(...STATUSES).slice(0, 7),
  );
});

it('includes created_after and excludes created_before', async () => {
  const read = await call(web, 'GET', `/conversations/${all[5]?.id ?? ''}`);
  const { created_at } = (await read.json()) as ConversationView;
  expect(await ids(`created_after=${created_at}`)).toContain(all[5]?.id);
  expect(await ids(`created_before=${created_at}`)).not.toContain(all[5]?.id);
});

describe('limit', () => {
  it.each([1, 5, 200])('%i returns at most that many', async (limit) => {
    expect(await ids(`limit=${limit}`)).toHaveLength(Math.min(limit, all.length));
  });

  it.each(['0', '201', '-1', '1.5', 'ten', '', '1e2', '٥', '99999999999999999999'])(
    '%j is refused',
    async (limit) => {
      const response = await call(web, 'GET', `/conversations?limit=${encodeURIComponent(limit)}`);
      expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/limit OUT_OF_RANGE']);
    },
  );
});

describe('an invalid query is 422', () => {
  it.each([
    ['status=OPEN', '/status UNKNOWN_VALUE'],
    ['status=', '/status UNKNOWN_VALUE'],
    ['status=CREATED,', '/status UNKNOWN_VALUE'],
    ['status=CREATED&status=OPEN', '/status UNKNOWN_VALUE'],
    ['order=newest', '/order UNKNOWN_VALUE'],
    ['order=asc&order=desc', '/order REPEATED'],
    ['candidate_id=', '/candidate_id BLANK'],
    ['candidate_id=a&candidate_id=b', '/candidate_id REPEATED'],
    ['candidate_id=a%00b', '/candidate_id UNSTORABLE_CHARACTER'],
    [`job_id=${'x'.repeat(256)}`, '/job_id TOO_LONG'],
    ['created_after=yesterday', '/created_after INVALID_TIME'],
    ['created_after=24h', '/created_after INVALID_TIME'],
    ['created_before=2026-02-31T00:00:00Z', '/created_before INVALID_TIME'],
    ['created_before=2026-01-31T00:00:00', '/created_before INVALID_TIME'],
    ['candidate_id=%ed%a0%80', '/candidate_id INVALID_ENCODING'],
    ['candidate_id=%ff', '/candidate_id INVALID_ENCODING'],
    ['candidate_id=100%', '/candidate_id INVALID_ENCODING'],
    ['status=CREATED,%c0%af', '/status INVALID_ENCODING'],
    ['colour=red', '/colour UNKNOWN_FIELD'],
    ['Status=CREATED', '/Status UNKNOWN_FIELD'],
    ['offset=10', '/offset UNKNOWN_FIELD'],
  ])('%s', async (query, fault) => {
    const response = await call(web, 'GET', `/conversations?${query}`);
    expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual([fault]);
  });

  it('reports every problem at once', async () => {
    const response = await call(
      web,
      'GET',
      '/conversations?status=OPEN&limit=0&colour=red&size=1&created_after=x',
    );
    expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual([
      '/colour UNKNOWN_FIELD',
      '/created_after INVALID_TIME',
      '/limit OUT_OF_RANGE',
      '/size UNKNOWN_FIELD',
      '/status UNKNOWN_VALUE',
    ]);
  });

  it('escapes the name of a parameter in its pointer', async () => {
    const response = await call(web, 'GET', `/conversations?${encodeURIComponent('a/b~c, d')}=1`);
    expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/a~1b~0c, d UNKNOWN_FIELD']);
  });
});

it.each(['0001-01-01T00:00:00Z', '9999-12-31T23:59:59Z', '1970-01-01'])(
  'accepts a time in the years 1 to 9999: %s',
  async (time) => {
    const response = await call(web, 'GET', `/conversations?created_after=${encodeURIComponent(time)}`);
    expect(response.status).toBe(200);
  },
);

it.each(['0000-01-01T00:00:00Z', '0001-01-01T00:00:00+23:00'])(
  'refuses a time before the year 1: %s',
  async (time) => {
    const response = await call(web, 'GET', `/conversations?created_after=${encodeURIComponent(time)}`);
    expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/created_after INVALID_TIME']);
  },
);

it('names the value, the reason and what is expected in each detail', async () => {
  const query = 'status=foo&limit=201&order=newest&created_after=yesterday';
  const { errors } = await problemOf(await call(web, 'GET', `/conversations?${query}`), 422, 'INVALID');
  expect(Object.fromEntries((errors ?? []).map(({ pointer, detail }) => [pointer, detail]))).toEqual({
    '/status': 'invalid value "foo": expected CREATED, ONGOING or COMPLETED',
    '/limit': 'invalid value "201": expected a whole number from 1 to 200',
    '/order': 'invalid value "newest": expected asc or desc',
    '/created_after':
      'invalid time "yesterday": expected an ISO 8601 time with a time zone, such as 2026-01-31T09:30:00Z',
  });
});
