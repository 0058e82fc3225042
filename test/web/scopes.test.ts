import { SCOPES, type Scope } from '../../src/lib/domain';
import { createSecret } from '../../src/lib/signature';
import { createToken } from '../../src/tokens/token';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { signed, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
/** No secret configured here, and no token is tried that exists. */
const closed = useWeb(stores, queue, () => ({ webhookSecrets: [] }));

const ROUTES: readonly (readonly [method: string, path: string, scope: Scope])[] = [
  ['POST', '/webhooks/applications', 'applications:write'],
  ['GET', '/applications', 'conversations:read'],
  ['GET', '/applications/unknown', 'conversations:read'],
  ['POST', '/applications/unknown/replay', 'applications:write'],
  ['GET', '/conversations', 'conversations:read'],
  ['GET', '/conversations/unknown', 'conversations:read'],
  ['PATCH', '/conversations/unknown', 'conversations:write'],
  ['GET', '/admin/queues', 'queues:admin'],
  ['GET', '/admin/queues/api/queues', 'queues:admin'],
  ['PUT', '/admin/queues/api/queues/unknown/pause', 'queues:admin'],
];

const isBoard = (path: string) => path.startsWith('/admin');

function ask(method: string, path: string, token?: string, base = web.url): Promise<Response> {
  const basic = `Basic ${Buffer.from(`operator:${token ?? ''}`).toString('base64')}`;
  const authorization =
    token === undefined ? {} : { Authorization: isBoard(path) ? basic : `Bearer ${token}` };
  const body = ['POST', 'PATCH', 'PUT'].includes(method) ? { body: '{}' } : {};
  return fetch(base + path, {
    method,
    headers: { 'Content-Type': 'application/json', ...authorization },
    ...body,
  });
}

describe.each(ROUTES)('%s %s', (method, path, needed) => {
  it(`lets ${needed} in`, async () => {
    const { status } = await ask(method, path, await tokenFor(stores, needed));
    expect([401, 403]).not.toContain(status);
  });

  it.each(SCOPES.filter((scope) => scope !== needed))('does not let %s in', async (scope) => {
    const { detail } = await problemOf(
      await ask(method, path, await tokenFor(stores, scope)),
      403,
      'FORBIDDEN',
    );
    expect(detail).toContain(needed);
  });

  it('does not let in all other scopes together', async () => {
    const others = SCOPES.filter((scope) => scope !== needed);
    await problemOf(await ask(method, path, await tokenFor(stores, ...others)), 403, 'FORBIDDEN');
  });

  it.each([
    ['no token', undefined],
    ['an unknown token', `conv_${'A'.repeat(43)}`],
    ['something else', 'hunter2'],
    ['nothing', ''],
  ])('asks for a token where it gets %s', async (_, token) => {
    const response = await ask(method, path, token);
    expect(response.headers.get('WWW-Authenticate')).toMatch(isBoard(path) ? /^Basic realm=/ : /^Bearer/);
    await problemOf(response, 401, 'NOT_AUTHENTIC');
  });

  it('refuses a token that has expired', async () => {
    const expired = { name: 'old', scopes: SCOPES, expiresAt: new Date(Date.now() - 1000) };
    const { token } = await createToken(stores.database, expired);
    await problemOf(await ask(method, path, token), 401, 'NOT_AUTHENTIC');
  });

  it('lets nobody in where no secret is configured and no token is brought', async () => {
    await problemOf(await ask(method, path, undefined, closed.url), 401, 'NOT_AUTHENTIC');
  });
});

const notSigned = ROUTES.filter(([, path]) => path !== '/webhooks/applications');
it.each(notSigned)('%s %s does not take the signature of a webhook', async (method, path) => {
  const body = method === 'GET' ? {} : { body: '{}' };
  const response = await fetch(web.url + path, { method, headers: signed(web.secret, '{}'), ...body });
  await problemOf(response, 401, 'NOT_AUTHENTIC');
});

it('does not take a signature with a secret of its own making where none is configured', async () => {
  const headers = signed(createSecret(), '{}');
  const response = await fetch(`${closed.url}/webhooks/applications`, {
    method: 'POST',
    headers,
    body: '{}',
  });
  await problemOf(response, 401, 'NOT_AUTHENTIC');
});

it.each(['/livez', '/readyz'])('%s is open', async (path) => {
  expect((await fetch(closed.url + path)).status).toBe(200);
});

it('takes the scheme in any case, as HTTP has it', async () => {
  const token = await tokenFor(stores, 'conversations:read');
  const headers = { Authorization: `bearer ${token}` };
  expect((await fetch(`${web.url}/conversations`, { headers })).status).toBe(200);
});

it('takes no token from the address', async () => {
  expect((await fetch(`${web.url}/conversations?access_token=${web.token}`)).status).toBe(401);
});

it('changes nothing for a reader', async () => {
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
