import { SCOPES, type ApplicationView } from '../../src/lib/domain';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, processEvent, createFailed, createRejected } from '../support/applications';
import { applicationEvent } from '../support/factories';
import { ISO_TIME } from '../support/matchers';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, post, readApplication, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

async function list(query: string): Promise<ApplicationView[]> {
  const response = await call(web, 'GET', `/applications?${query}`);
  expect(response.status).toBe(200);
  return ((await response.json()) as { data: ApplicationView[] }).data;
}

beforeEach(async () => {
  await clearTables(stores);
  web.token = await tokenFor(stores, ...SCOPES);
});

describe('GET /applications/{id}', () => {
  it('returns an ACCEPTED application', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    expect(await readApplication(web, event.id)).toStrictEqual({
      id: event.id,
      job_id: event.job_id,
      candidate_id: event.candidate_id,
      status: 'ACCEPTED',
      reason: null,
      conversation_id: id,
      received_at: ISO_TIME,
      processed_at: ISO_TIME,
    });
  });

  it('returns a REJECTED application with its reason', async () => {
    const { id } = await createRejected(stores);
    expect(await readApplication(web, id)).toMatchObject({
      status: 'REJECTED',
      reason: 'ACTIVE_CONVERSATION',
      conversation_id: null,
    });
  });

  it('returns a duplicate with its reason', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'COMPLETED', event);
    await processEvent(stores, { ...event, id: 'second' });
    expect(await readApplication(web, 'second')).toMatchObject({
      status: 'REJECTED',
      reason: 'DUPLICATE_APPLICATION',
    });
  });

  it('returns a FAILED application with the error', async () => {
    const { id } = await createFailed(stores, 'the database refuses the data');
    expect(await readApplication(web, id)).toMatchObject({
      status: 'FAILED',
      reason: 'the database refuses the data',
    });
  });

  it('returns a QUEUED application, which is not in the database yet', async () => {
    const event = applicationEvent();
    await post(web, event);
    expect(await readApplication(web, event.id)).toMatchObject({ status: 'QUEUED', processed_at: null });
  });

  it.each(['unknown', '1', 'x'.repeat(300), ' '])('is 404 for an unknown id: %j', async (id) => {
    await problemOf(await call(web, 'GET', `/applications/${encodeURIComponent(id)}`), 404, 'NOT_FOUND');
  });
});

describe('GET /applications', () => {
  it('lists processed applications, newest first', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    for (const n of [2, 3, 1]) await processEvent(stores, { id: `day-${n}` }, day(n));
    expect((await list('')).map(({ id }) => id)).toEqual(['day-3', 'day-2', 'day-1']);
    expect((await list('order=asc')).map(({ id }) => id)).toEqual(['day-1', 'day-2', 'day-3']);
  });

  it('returns the same fields as GET /applications/{id}', async () => {
    const { id } = await createRejected(stores);
    expect(await list('status=REJECTED')).toStrictEqual([await readApplication(web, id)]);
  });

  it('filters by status and reason', async () => {
    const { id } = await createRejected(stores);
    const broken = await createFailed(stores);
    expect((await list('status=REJECTED')).map((row) => row.id)).toEqual([id]);
    expect((await list('status=FAILED,REJECTED')).map((row) => row.id).sort()).toEqual(
      [id, broken.id].sort(),
    );
    expect((await list('reason=ACTIVE_CONVERSATION')).map((row) => row.id)).toEqual([id]);
    expect(await list('reason=DUPLICATE_APPLICATION')).toEqual([]);
    expect(await list('status=ACCEPTED&reason=ACTIVE_CONVERSATION')).toEqual([]);
  });

  it('filters by candidate and job', async () => {
    const event = await createRejected(stores);
    expect((await list(`candidate_id=${event.candidate_id}`)).length).toBe(2);
    expect((await list(`job_id=${event.job_id}`)).map(({ id }) => id)).toEqual([event.id]);
  });

  it('includes received_after and excludes received_before', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, n));
    for (const n of [1, 2, 3]) await processEvent(stores, { id: `day-${n}` }, day(n));
    const window = 'received_after=2026-01-02&received_before=2026-01-03';
    expect((await list(window)).map(({ id }) => id)).toEqual(['day-2']);
  });

  it('does not list QUEUED applications', async () => {
    await post(web, applicationEvent());
    expect(await list('')).toEqual([]);
  });

  it.each([
    ['status=QUEUED', '/status UNKNOWN_VALUE'],
    ['status=REJECTED,FAILED,DONE', '/status UNKNOWN_VALUE'],
    ['reason=BAD_LUCK', '/reason UNKNOWN_VALUE'],
    ['created_after=2026-01-01', '/created_after UNKNOWN_FIELD'],
    ['received_before=yesterday', '/received_before INVALID_TIME'],
    ['limit=201', '/limit OUT_OF_RANGE'],
    ['colour=red', '/colour UNKNOWN_FIELD'],
  ])('refuses %s', async (query, fault) => {
    expect(faults(await problemOf(await call(web, 'GET', `/applications?${query}`), 422, 'INVALID'))).toEqual(
      [fault],
    );
  });
});
