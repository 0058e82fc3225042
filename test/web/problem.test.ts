import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { rawCall } from '../support/raw-http';
import { call, post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const raw = (method: string, path: string) =>
  rawCall(web.url, { method, path, headers: { Authorization: `Bearer ${web.token}` } });

describe('X-Request-Id', () => {
  const withId = (id: string) => fetch(`${web.url}/livez`, { headers: { 'X-Request-Id': id } });

  it.each(['abc', '0198-77', 'ats:42/retry.1', 'a=b+c_d', 'x'.repeat(128)])(
    "is the caller's where it is sane: %s",
    async (id) => {
      expect((await withId(id)).headers.get('X-Request-Id')).toBe(id);
    },
  );

  it.each(['', 'a b', '<script>', 'a"b', 'é', 'jane.doe@example.com', 'x'.repeat(129), '{"level":"fatal"}'])(
    'is a new one where it is not: %s',
    async (id) => {
      expect((await withId(id)).headers.get('X-Request-Id')).toMatch(UUID);
    },
  );

  it('is new for each request that brings none', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await fetch(`${web.url}/livez`)).headers.get('X-Request-Id')),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('is on errors too, and in their body', async () => {
    const response = await fetch(`${web.url}/nowhere`, { headers: { 'X-Request-Id': 'mine' } });
    expect((await problemOf(response, 404, 'NOT_FOUND')).request_id).toBe('mine');
  });
});

describe('a path that does not exist is 404', () => {
  it.each([
    '/',
    '/nowhere',
    '/conversation',
    '/conversations/a/b',
    '/applications/a/b',
    '/webhooks',
    '/admin',
    '/admin/queuesx',
  ])('%s', async (path) => {
    await problemOf(await call(web, 'GET', path), 404, 'NOT_FOUND');
  });

  it('for any method, also one that nobody knows', async () => {
    for (const method of ['POST', 'DELETE', 'PROPFIND']) {
      const answer = await raw(method, '/nowhere');
      expect([method, answer.status]).toEqual([method, 404]);
    }
  });
});

describe('another method is 405, with those that are allowed', () => {
  it.each([
    ['GET', '/webhooks/applications', 'POST'],
    ['DELETE', '/webhooks/applications', 'POST'],
    ['POST', '/conversations', 'GET, HEAD'],
    ['PUT', '/conversations/0198', 'GET, HEAD, PATCH'],
    ['DELETE', '/conversations/0198', 'GET, HEAD, PATCH'],
    ['PATCH', '/applications', 'GET, HEAD'],
    ['DELETE', '/applications/a', 'GET, HEAD'],
    ['GET', '/applications/a/replay', 'POST'],
    ['POST', '/livez', 'GET, HEAD'],
    ['POST', '/readyz', 'GET, HEAD'],
  ])('%s %s', async (method, path, allowed) => {
    const response = await call(web, method, path);
    const allow = (response.headers.get('Allow') ?? '').split(', ').sort();
    expect(allow).toEqual(allowed.split(', ').sort());
    const { detail } = await problemOf(response, 405, 'METHOD_NOT_ALLOWED');
    for (const name of allow) expect(detail).toContain(name);
  });

  it('also where nobody knows the method', async () => {
    const { status, headers } = await raw('PROPFIND', '/conversations');
    expect([status, headers.allow]).toEqual([405, containing('GET')]);
  });

  it('tells without credentials', async () => {
    expect((await fetch(`${web.url}/conversations`, { method: 'DELETE' })).status).toBe(405);
  });
});

it('answers OPTIONS with the methods of the path', async () => {
  const response = await fetch(`${web.url}/conversations/0198`, { method: 'OPTIONS' });
  expect([response.status, response.headers.get('Allow')]).toEqual([200, containing('PATCH')]);
});

describe('HEAD is GET without the body', () => {
  it('of a conversation', async () => {
    const id = await createConversation(stores);
    const head = await call(web, 'HEAD', `/conversations/${id}`);
    const get = await call(web, 'GET', `/conversations/${id}`);
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['Content-Type', 'Content-Length'])
      expect(head.headers.get(name)).toBe(get.headers.get(name));
  });

  it('of an error', async () => {
    const head = await call(web, 'HEAD', '/conversations/0198');
    expect([head.status, await head.text()]).toEqual([404, '']);
    expect(head.headers.get('Content-Type')).toMatch(/problem\+json/);
  });

  it('of what needs a token', async () => {
    expect((await fetch(`${web.url}/conversations`, { method: 'HEAD' })).status).toBe(401);
  });
});

describe('a path whose percent-encoding is malformed', () => {
  it.each([
    '/conversations/%',
    '/conversations/%zz',
    '/conversations/%ff',
    '/applications/%E0%A4%A',
    '/applications/%c0%af',
  ])('is an error of the caller: %s', async (path) => {
    const answer = await raw('GET', path);
    expect([400, 404]).toContain(answer.status);
    expect(answer.headers['content-type']).toMatch(/problem\+json/);
  });

  it.each(['/admin/queues/%', '/admin/queues/static/%zz', '/%'])('is no fault of ours: %s', async (path) => {
    const headers = { Authorization: `Basic ${Buffer.from(`me:${web.token}`).toString('base64')}` };
    expect((await rawCall(web.url, { path, headers })).status).toBeLessThan(500);
  });

  it.each(['/applications/%00', '/conversations/%00', '/applications/a%0Ab', '/applications/%ED%A0%80'])(
    'names what cannot exist: %s',
    async (path) => {
      expect((await raw('GET', path)).status).toBe(404);
    },
  );
});

it('takes a path with a slash at the end for the same', async () => {
  expect((await call(web, 'GET', '/conversations/')).status).toBe(200);
});

it('answers a problem with UTF-8 that survives', async () => {
  const { detail } = await problemOf(
    await call(web, 'GET', `/conversations/${encodeURIComponent('né🎉')}`),
    404,
  );
  expect(detail).toContain('né🎉');
});

it('shows no stack and no file of ours, whatever goes wrong', async () => {
  const answers = [await call(web, 'GET', '/nowhere'), await post(web, { ...applicationEvent(), id: 1 })];
  for (const answer of answers) expect(await answer.text()).not.toMatch(/\.[jt]s\b|node_modules|:\d+:\d+/);
});
