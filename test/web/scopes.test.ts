import { SCOPES, type Scope } from '../../src/lib/domain';
import { createSecret } from '../../src/lib/signature';
import { createToken } from '../../src/tokens/token';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { basicAuth, signed, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
/** Has no webhook secret. */
const withoutSecret = useWeb(stores, queue, () => ({ senders: [] }));

const ROUTES: readonly (readonly [method: string, path: string, accepted: readonly Scope[]])[] = [
  ['POST', '/webhooks/applications', ['applications:write']],
  ['GET', '/applications', ['applications:read', 'conversations:read']],
  ['GET', '/applications/unknown', ['applications:read', 'conversations:read']],
  ['POST', '/applications/unknown/replay', ['applications:write']],
  ['GET', '/conversations', ['conversations:read']],
  ['GET', '/conversations/unknown', ['conversations:read']],
  ['GET', '/candidates/unknown', ['candidates:read']],
  ['PATCH', '/conversations/unknown', ['conversations:write']],
  ['GET', '/events', ['conversations:read']],
  ['GET', '/metrics', ['metrics:read']],
  ['GET', '/admin/queues', ['queues:admin']],
  ['GET', '/admin/queues/api/queues', ['queues:admin']],
  ['PUT', '/admin/queues/api/queues/unknown/pause', ['queues:admin']],
];

const isBoard = (path: string) => path.startsWith('/admin');

function request(method: string, path: string, token?: string, base = web.url): Promise<Response> {
  const bearer = { Authorization: `Bearer ${token ?? ''}` };
  const authorization = token === undefined ? {} : isBoard(path) ? basicAuth(token) : bearer;
  const body = ['POST', 'PATCH', 'PUT'].includes(method) ? { body: '{}' } : {};
  return fetch(base + path, {
    method,
    headers: { 'Content-Type': 'application/json', 'Sec-Fetch-Site': 'same-origin', ...authorization },
    ...body,
  });
}

describe.each(ROUTES)('%s %s', (method, path, accepted) => {
  const others = SCOPES.filter((scope) => !accepted.includes(scope));

  it.each(accepted)('accepts a token with %s', async (scope) => {
    const { status } = await request(method, path, await tokenFor(stores, scope));
    expect([401, 403]).not.toContain(status);
  });

  it.each(others)('refuses a token with only %s', async (scope) => {
    const { detail } = await problemOf(
      await request(method, path, await tokenFor(stores, scope)),
      403,
      'FORBIDDEN',
    );
    expect(detail).toContain(accepted.join(' or '));
  });

  it('refuses a token with all other scopes', async () => {
    await problemOf(await request(method, path, await tokenFor(stores, ...others)), 403, 'FORBIDDEN');
  });

  it.each([
    ['no token', undefined],
    ['an unknown token', `conv_${'A'.repeat(43)}`],
    ['a malformed token', 'hunter2'],
    ['an empty token', ''],
  ])('is 401 with %s', async (_, token) => {
    const response = await request(method, path, token);
    expect(response.headers.get('WWW-Authenticate')).toMatch(isBoard(path) ? /^Basic realm=/ : /^Bearer/);
    await problemOf(response, 401, 'NOT_AUTHENTIC');
  });

  it('refuses an expired token', async () => {
    const expired = { name: 'old', scopes: SCOPES, expiresAt: new Date(Date.now() - 1000) };
    const { token } = await createToken(stores.database, expired);
    await problemOf(await request(method, path, token), 401, 'NOT_AUTHENTIC');
  });

  it('is 401 without a token if no webhook secret is configured', async () => {
    await problemOf(await request(method, path, undefined, withoutSecret.url), 401, 'NOT_AUTHENTIC');
  });
});

const notSigned = ROUTES.filter(([, path]) => path !== '/webhooks/applications');
it.each(notSigned)('%s %s refuses the signature of a webhook', async (method, path) => {
  const body = method === 'GET' ? {} : { body: '{}' };
  const response = await fetch(web.url + path, { method, headers: signed(web.secret, '{}'), ...body });
  await problemOf(response, 401, 'NOT_AUTHENTIC');
});

it('refuses every signature if no webhook secret is configured', async () => {
  const headers = signed(createSecret(), '{}');
  const response = await fetch(`${withoutSecret.url}/webhooks/applications`, {
    method: 'POST',
    headers,
    body: '{}',
  });
  await problemOf(response, 401, 'NOT_AUTHENTIC');
});

it.each(['/livez', '/readyz'])('%s needs no token', async (path) => {
  expect((await fetch(withoutSecret.url + path)).status).toBe(200);
});

it('accepts the scheme in any case', async () => {
  const token = await tokenFor(stores, 'conversations:read');
  const headers = { Authorization: `bearer ${token}` };
  expect((await fetch(`${web.url}/conversations`, { headers })).status).toBe(200);
});

it('refuses a token in the query', async () => {
  expect((await fetch(`${web.url}/conversations?access_token=${web.token}`)).status).toBe(401);
});

it('does not move a conversation for a token that may only read', async () => {
  const id = await createConversation(stores);
  const token = await tokenFor(stores, 'conversations:read');
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
  const moved = await fetch(`${web.url}/conversations/${id}`, {
    method: 'PATCH',
    headers,
    body: '{"status":"ONGOING"}',
  });
  expect(moved.status).toBe(403);
  const read = await fetch(`${web.url}/conversations/${id}`, { headers });
  expect(await read.json()).toMatchObject({ status: 'CREATED' });
});
