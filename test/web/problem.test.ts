import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { rawCall } from '../support/raw-http';
import { basicAuth, call, post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const raw = (method: string, path: string) =>
  rawCall(web.url, { method, path, headers: { Authorization: `Bearer ${web.token}` } });

describe('X-Request-Id', () => {
  const withId = (id: string) => fetch(`${web.url}/livez`, { headers: { 'X-Request-Id': id } });

  it.each(['abc', '0198-77', 'ats:42/retry.1', 'a=b+c_d', 'x'.repeat(128)])(
    'is the id that the client sent if it is safe: %s',
    async (id) => {
      expect((await withId(id)).headers.get('X-Request-Id')).toBe(id);
    },
  );

  it.each(['', 'a b', '<script>', 'a"b', 'é', 'jane.doe@example.com', 'x'.repeat(129), '{"level":"fatal"}'])(
    'is a new id if the one sent is not safe: %s',
    async (id) => {
      expect((await withId(id)).headers.get('X-Request-Id')).toMatch(UUID);
    },
  );

  it('is a new id for each request without one', async () => {
    const ids = await Promise.all(
      [1, 2, 3].map(async () => (await fetch(`${web.url}/livez`)).headers.get('X-Request-Id')),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('is in the headers and the body of errors too', async () => {
    const response = await fetch(`${web.url}/unknown`, { headers: { 'X-Request-Id': 'mine' } });
    expect((await problemOf(response, 404, 'NOT_FOUND')).request_id).toBe('mine');
  });
});

describe('an unknown path is 404', () => {
  it.each(['/', '/unknown', '/conversation', '/conversations/a/b', '/applications/a/b', '/webhooks'])(
    '%s',
    async (path) => {
      await problemOf(await call(web, 'GET', path), 404, 'NOT_FOUND');
    },
  );

  it('for any method, also an unknown one', async () => {
    for (const method of ['POST', 'DELETE', 'PROPFIND']) {
      const answer = await raw(method, '/unknown');
      expect([method, answer.status]).toEqual([method, 404]);
    }
  });
});

describe('a method that is not allowed is 405 and lists the allowed ones', () => {
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

  it('for an unknown method too', async () => {
    const { status, headers } = await raw('PROPFIND', '/conversations');
    expect([status, headers.allow]).toEqual([405, containing('GET')]);
  });

  it('also without credentials', async () => {
    expect((await fetch(`${web.url}/conversations`, { method: 'DELETE' })).status).toBe(405);
  });
});

it('answers OPTIONS with the allowed methods', async () => {
  const response = await fetch(`${web.url}/conversations/0198`, { method: 'OPTIONS' });
  expect([response.status, response.headers.get('Allow')]).toEqual([200, containing('PATCH')]);
});

describe('HEAD is GET without the body', () => {
  it('for a conversation', async () => {
    const id = await createConversation(stores);
    const head = await call(web, 'HEAD', `/conversations/${id}`);
    const get = await call(web, 'GET', `/conversations/${id}`);
    expect([head.status, await head.text()]).toEqual([200, '']);
    for (const name of ['Content-Type', 'Content-Length'])
      expect(head.headers.get(name)).toBe(get.headers.get(name));
  });

  it('for an error', async () => {
    const head = await call(web, 'HEAD', '/conversations/0198');
    expect([head.status, await head.text()]).toEqual([404, '']);
    expect(head.headers.get('Content-Type')).toMatch(/problem\+json/);
  });

  it('for a request without a token', async () => {
    expect((await fetch(`${web.url}/conversations`, { method: 'HEAD' })).status).toBe(401);
  });
});

describe('a path whose percent-encoding is malformed', () => {
  it.each(['/conversations/%', '/conversations/%zz', '/applications/%E0%A4%A', '/%'])(
    'names no resource: %s is 404',
    async (path) => {
      const { status, headers } = await raw('GET', path);
      expect([status, headers['content-type']]).toEqual([404, containing('problem+json')]);
    },
  );

  it.each([
    ['/admin/queues/%', 404],
    ['/admin/queues/static/%zz', 400],
  ])('is an error of the client on the queue board: %s is %i', async (path, status) => {
    expect((await rawCall(web.url, { path, headers: basicAuth(web.token) })).status).toBe(status);
  });

  it.each(['/applications/%00', '/conversations/%00', '/applications/a%0Ab', '/applications/%ED%A0%80'])(
    'or that decodes to an id that cannot exist is 404: %s',
    async (path) => {
      expect((await raw('GET', path)).status).toBe(404);
    },
  );
});

it('ignores a slash at the end of a path', async () => {
  expect((await call(web, 'GET', '/conversations/')).status).toBe(200);
});

it('encodes problems in UTF-8', async () => {
  const { detail } = await problemOf(
    await call(web, 'GET', `/conversations/${encodeURIComponent('né🎉')}`),
    404,
  );
  expect(detail).toContain('né🎉');
});

it('reveals no stack trace or file name in errors', async () => {
  const responses = [await call(web, 'GET', '/unknown'), await post(web, { ...applicationEvent(), id: 1 })];
  for (const response of responses)
    expect(await response.text()).not.toMatch(/\.[jt]s\b|node_modules|:\d+:\d+/);
});
