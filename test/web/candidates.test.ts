import { eraseCandidate } from '../../src/candidates/erase';
import { useDatabase } from '../support/database';
import { createConversation, processEvent } from '../support/applications';
import { applicationEvent, CANDIDATE } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { having, like } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { recordingLog } from '../support/recording-log';
import { call, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ log }));

const read = (id: string) => call(web, 'GET', `/candidates/${encodeURIComponent(id)}`);
const erase = (id: string) => eraseCandidate(stores.database, queue.applications, id);

async function createCandidate(): Promise<string> {
  const event = applicationEvent();
  await processEvent(stores, event);
  return event.candidate_id;
}

async function json(path: string): Promise<unknown> {
  const response = await call(web, 'GET', path);
  expect(response.status).toBe(200);
  return response.json();
}

/** Returns the log lines about reads of personal data since the last call. */
function readsLogged(): unknown[] {
  const all = lines.splice(0).map((line) => JSON.parse(line) as Record<string, unknown>);
  return all.filter(({ msg }) => msg === 'personal data read');
}

beforeEach(() => {
  lines.length = 0;
});

describe('GET /candidates/{id}', () => {
  it('returns the personal data', async () => {
    const candidate_id = await createCandidate();
    expect(await json(`/candidates/${candidate_id}`)).toStrictEqual({ id: candidate_id, ...CANDIDATE });
  });

  it.each(ODD_IDS)('finds an id with %s', async (_, candidate_id) => {
    await processEvent(stores, { candidate_id });
    expect(await json(`/candidates/${encodeURIComponent(candidate_id)}`)).toMatchObject({ id: candidate_id });
  });

  it.each(['unknown', '\u0000', 'x'.repeat(256)])('is 404 for %j', async (id) => {
    await problemOf(await read(id), 404, 'NOT_FOUND');
  });

  it('is 410 after an erasure, with its time', async () => {
    const candidate_id = await createCandidate();
    const { erased_at } = await erase(candidate_id);
    const { detail } = await problemOf(await read(candidate_id), 410, 'GONE');
    expect(detail).toBe(`the personal data of candidate "${candidate_id}" was erased at ${erased_at ?? ''}`);
  });

  it('returns the data that an erased candidate sent later', async () => {
    const event = applicationEvent();
    await processEvent(stores, event);
    const { erased_at } = await erase(event.candidate_id);
    const later = new Date(Date.parse(erased_at ?? '') + 1);
    await processEvent(stores, { candidate_id: event.candidate_id }, later);
    expect(await json(`/candidates/${event.candidate_id}`)).toMatchObject(CANDIDATE);
  });

  it('logs each read with token and candidate, without the data', async () => {
    const candidate_id = await createCandidate();
    await read(candidate_id);
    const all = lines.join();
    expect(readsLogged()).toEqual([
      having({ token: like(/\w/), token_id: like(/^[\da-f-]{36}$/), candidate_ids: [candidate_id] }),
    ]);
    for (const value of Object.values(CANDIDATE)) expect(all).not.toContain(value);
  });
});

describe('include=candidate', () => {
  it('adds the candidate to one conversation', async () => {
    const id = await createConversation(stores);
    const plain = (await json(`/conversations/${id}`)) as { candidate_id: string };
    const candidate = { id: plain.candidate_id, ...CANDIDATE };
    expect(await json(`/conversations/${id}?include=candidate`)).toStrictEqual({ ...plain, candidate });
  });

  it('adds its candidate to each conversation of a list', async () => {
    const job_id = 'job-with-candidates';
    for (const first_name of ['Ada', 'Grace'])
      await createConversation(stores, 'CREATED', { job_id, candidate: { ...CANDIDATE, first_name } });
    const page = await json(`/conversations?job_id=${job_id}&include=candidate&order=asc`);
    expect(page).toMatchObject({
      data: [{ candidate: { first_name: 'Ada' } }, { candidate: { first_name: 'Grace' } }],
    });
  });

  it('keeps the parameter in the link to the next page', async () => {
    const response = await call(web, 'GET', '/conversations?limit=1&include=candidate');
    expect(response.headers.get('Link')).toContain('include=candidate');
  });

  it('is null after an erasure', async () => {
    const event = applicationEvent();
    const id = await createConversation(stores, 'CREATED', event);
    await erase(event.candidate_id);
    expect(await json(`/conversations/${id}?include=candidate`)).toMatchObject({ candidate: null });
  });

  it.each(['/conversations?include=candidate', '/conversations/unknown?include=candidate'])(
    'is 403 without candidates:read: %s',
    async (path) => {
      const caller = { ...web, token: await tokenFor(stores, 'conversations:read') };
      const { detail } = await problemOf(await call(caller, 'GET', path), 403, 'FORBIDDEN');
      expect(detail).toContain('candidates:read');
    },
  );

  it.each([
    ['/conversations?include=job', 'candidate'],
    ['/conversations/unknown?include=job', 'candidate, application, events or deliveries'],
  ])('is 422 with another value: %s', async (path, expected) => {
    const { detail } = await problemOf(await call(web, 'GET', path), 422, 'INVALID');
    expect(detail).toBe(`/include: invalid value "job": expected ${expected}`);
  });

  it('logs the read of a list with every candidate in it', async () => {
    const job_id = 'job-logged';
    const ids = ['candidate-b', 'candidate-a'];
    for (const candidate_id of ids) await createConversation(stores, 'CREATED', { job_id, candidate_id });
    await json(`/conversations?job_id=${job_id}&include=candidate&order=asc`);
    expect(readsLogged()).toEqual([having({ candidate_ids: expect.arrayContaining(ids) as string[] })]);
  });

  it('logs nothing without the parameter', async () => {
    await json('/conversations');
    expect(readsLogged()).toEqual([]);
  });
});
