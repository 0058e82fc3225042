import { eraseCandidate } from '../../src/candidates/erase';
import type { ConversationStatus } from '../../src/lib/domain';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const event = applicationEvent();
let id: string;
beforeAll(async () => {
  id = await createConversation(stores, 'CREATED', event);
});

function get(path: string, headers: Record<string, string> = {}): Promise<Response> {
  return fetch(web.url + path, { headers: { Authorization: `Bearer ${web.token}`, ...headers } });
}

async function tagOf(path: string): Promise<string> {
  return (await get(path)).headers.get('ETag') ?? '';
}

function move(to: ConversationStatus, ifMatch: string, conversation = id): Promise<Response> {
  const headers = {
    Authorization: `Bearer ${web.token}`,
    'Content-Type': 'application/json',
    'If-Match': ifMatch,
  };
  const body = JSON.stringify({ status: to });
  return fetch(`${web.url}/conversations/${conversation}`, { method: 'PATCH', headers, body });
}

describe.each([
  ['a conversation', () => `/conversations/${id}`],
  ['a conversation with its candidate', () => `/conversations/${id}?include=candidate`],
  ['an application', () => `/applications/${event.id}`],
  ['a candidate', () => `/candidates/${event.candidate_id}`],
])('the ETag of %s', (_, path) => {
  it('is the same as long as nothing changes', async () => {
    expect(await tagOf(path())).toMatch(/^"[\w-]{22}(\.[\w-]{22})?"$/);
    expect(await tagOf(path())).toBe(await tagOf(path()));
  });

  it.each([
    ['it', (tag: string) => tag, (tag: string) => tag],
    ['its weak form', (tag: string) => `"other", W/${tag}`, (tag: string) => `W/${tag}`],
    ['*', () => '*', (tag: string) => tag],
  ])('is answered with 304 and no body if If-None-Match has %s', async (_name, sent, expected) => {
    const tag = await tagOf(path());
    const response = await get(path(), { 'If-None-Match': sent(tag) });
    expect([response.status, response.headers.get('ETag'), await response.text()]).toEqual([
      304,
      expected(tag),
      '',
    ]);
  });

  it('is answered with 200 if If-None-Match names another one', async () => {
    expect((await get(path(), { 'If-None-Match': '"other"' })).status).toBe(200);
  });
});

it('has no ETag in lists', async () => {
  expect((await get('/conversations')).headers.get('ETag')).toBeNull();
});

it('changes when the candidate changes, in a conversation with its candidate', async () => {
  const person = applicationEvent();
  const path = `/conversations/${await createConversation(stores, 'CREATED', person)}?include=candidate`;
  const before = await tagOf(path);
  await eraseCandidate(stores.database, queue.applications, person.candidate_id);
  expect(await tagOf(path)).not.toBe(before);
});

describe('PATCH with If-Match', () => {
  it.each([
    ['its ETag', (tag: string) => tag],
    ['a weak ETag, as compressed answers have it', (tag: string) => `W/${tag}`],
    ['a list with its ETag', (tag: string) => `"other", ${tag}`],
    ['*', () => '*'],
  ])('moves the conversation that has %s', async (_, header) => {
    const conversation = await createConversation(stores);
    const tag = await tagOf(`/conversations/${conversation}`);
    expect((await move('ONGOING', header(tag), conversation)).status).toBe(200);
  });

  it('accepts the ETag of the conversation with its candidate', async () => {
    const conversation = await createConversation(stores);
    const tag = await tagOf(`/conversations/${conversation}?include=candidate`);
    expect((await move('ONGOING', tag, conversation)).status).toBe(200);
  });

  it('answers with the new ETag', async () => {
    const conversation = await createConversation(stores);
    const moved = await call(web, 'PATCH', `/conversations/${conversation}`, { status: 'ONGOING' });
    expect(moved.headers.get('ETag')).toBe(await tagOf(`/conversations/${conversation}`));
  });

  it('is 412 if the conversation has changed, and changes nothing', async () => {
    const conversation = await createConversation(stores);
    const stale = await tagOf(`/conversations/${conversation}`);
    await move('ONGOING', stale, conversation);
    await problemOf(await move('COMPLETED', stale, conversation), 412, 'PRECONDITION_FAILED');
    expect(await (await get(`/conversations/${conversation}`)).json()).toMatchObject({ status: 'ONGOING' });
  });

  it('is 412 also where the move was made already, so that one of two processes wins', async () => {
    const conversation = await createConversation(stores);
    const tag = await tagOf(`/conversations/${conversation}`);
    const both = [move('ONGOING', tag, conversation), move('ONGOING', tag, conversation)];
    const answers = await Promise.all(both);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 412]);
  });

  it('is 404 for an unknown conversation', async () => {
    await problemOf(await move('ONGOING', '*', 'unknown'), 404, 'NOT_FOUND');
  });
});
