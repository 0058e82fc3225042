import { GUESSES_PER_MINUTE } from '../../src/tokens/guess-limit';
import { createToken, revokeToken } from '../../src/tokens/token';
import { cookieOf, logIn, openSession, readPage, submit } from '../support/admin';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { basicAuth, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
const guessed = useWeb(stores, queue);

let token: string;
beforeAll(async () => {
  token = await tokenFor(stores, 'queues:admin');
});

const open = (path: string, headers: Record<string, string> = {}) =>
  fetch(web.url + path, { headers, redirect: 'manual' });

describe('without a session', () => {
  it.each(['/admin', '/admin/find?q=a%2Fb', '/admin/unknown'])(
    'a page leads to the login, which keeps where one wanted to go: %s',
    async (path) => {
      const response = await open(path);
      const location = `/admin/login?${new URLSearchParams({ next: path }).toString()}`;
      expect([response.status, response.headers.get('Location')]).toEqual([303, location]);
    },
  );

  it('the login is a page with its styles', async () => {
    const response = await open('/admin/login');
    expect(await readPage(response)).toContain('API token with the scope queues:admin');
    const styles = await open('/admin/styles.css');
    expect(styles.headers.get('Content-Type')).toMatch(/^text\/css/);
  });

  it('a page opens with a token as HTTP Basic password', async () => {
    expect((await open('/admin', basicAuth(token))).status).toBe(200);
  });

  it('a wrong HTTP Basic password is a page with status 401', async () => {
    const response = await open('/admin', basicAuth('hunter2'));
    expect(response.status).toBe(401);
    expect(await readPage(response)).toContain('Not authentic');
  });
});

describe('a login', () => {
  it.each([
    ['/admin/find?q=x', '/admin/find?q=x'],
    ['/admin', '/admin'],
    ['', '/admin'],
    ['https://evil.example/admin', '/admin'],
    ['//evil.example/admin', '/admin'],
    ['/\\evil.example/admin', '/admin'],
    ['/admin/../conversations', '/admin'],
    ['javascript:alert(1)', '/admin'],
    ['/admin/login', '/admin'],
  ])('leads to the wanted page only if it is one of ours: %j', async (next, location) => {
    const response = await logIn(web, token, next);
    expect([response.status, response.headers.get('Location')]).toEqual([303, location]);
  });

  it('sets a cookie for these pages only, for an hour, out of reach of scripts and other sites', async () => {
    const [cookie] = (await logIn(web, token)).headers.getSetCookie();
    expect(cookie).toMatch(/; Max-Age=3600; Path=\/admin; HttpOnly; SameSite=Strict$/);
  });

  it('sets a Secure cookie behind a proxy that ends TLS', async () => {
    const headers = { 'X-Forwarded-Proto': 'https' };
    const response = await submit(web, '/admin/login', { token }, headers);
    expect(response.headers.getSetCookie()[0]).toMatch(/; Secure$/);
  });

  it('neither contains the token nor its hash', async () => {
    expect(cookieOf(await logIn(web, token))).not.toContain(token);
  });

  it.each([
    ['an unknown token', `conv_${'A'.repeat(43)}`, 401, 'the token is unknown, expired or revoked'],
    ['something else', 'hunter2', 401, 'the token is unknown, expired or revoked'],
    ['nothing', '', 401, 'the token is unknown, expired or revoked'],
  ])('with %s shows the login with the reason', async (_, wrong, status, reason) => {
    const response = await logIn(web, wrong);
    expect([response.status, response.headers.getSetCookie()]).toEqual([status, []]);
    expect(await readPage(response)).toContain(reason);
  });

  it('with a token that lacks queues:admin names the scope', async () => {
    const other = await tokenFor(stores, 'candidates:read');
    const response = await logIn(web, other);
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    expect(await readPage(response)).toContain('lacks the scope queues:admin');
  });

  it('is refused after too many unknown tokens', async () => {
    for (let n = 0; n < GUESSES_PER_MINUTE; n++) await logIn(guessed, `conv_${String(n).padStart(43, 'A')}`);
    const response = await logIn(guessed, `conv_${'B'.repeat(43)}`);
    expect(response.status).toBe(429);
    expect(response.headers.get('Retry-After')).toMatch(/^\d+$/);
    expect(await readPage(response)).toContain('too many unknown tokens from this address');
  });

  it.each([
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'null', 'Sec-Fetch-Site': 'cross-site' },
    { Origin: 'https://evil.example', 'Sec-Fetch-Site': '' },
  ])('from another origin is a page with status 403: %j', async (headers) => {
    const response = await submit(web, '/admin/login', { token }, headers);
    expect([response.status, response.headers.getSetCookie()]).toEqual([403, []]);
    expect(await readPage(response)).toContain('only conv’s own pages');
  });
});

describe('a session', () => {
  it('opens the pages and the queue board', async () => {
    const visit = await openSession(web, token);
    expect((await visit('/admin')).status).toBe(200);
    expect((await visit('/admin/queues')).status).toBe(200);
  });

  it('opens nothing of the API', async () => {
    const visit = await openSession(web, web.token);
    expect((await visit('/conversations')).status).toBe(401);
  });

  it('ends within seconds when its token is revoked', async () => {
    const request = { name: 'gone', scopes: ['queues:admin'] as const, expiresAt: null };
    const gone = await createToken(stores.database, request);
    const visit = await openSession(web, gone.token);
    expect((await visit('/admin')).status).toBe(200);
    await revokeToken(stores.database, gone.id);
    await eventually(async () => (await visit('/admin')).status !== 200, 10_000);
  });

  it('is ended by logging out', async () => {
    const visit = await openSession(web, token);
    const headers = { Origin: web.url, 'Sec-Fetch-Site': 'same-origin' };
    const response = await visit('/admin/logout', { method: 'POST', headers });
    expect(response.headers.getSetCookie()[0]).toMatch(/^conv_session=; Max-Age=0; Path=\/admin;/);
  });

  it('is not ended by a link, which leads to a page with the button', async () => {
    const response = await (await openSession(web, token))('/admin/logout');
    expect(response.headers.getSetCookie()).toEqual([]);
    expect(await readPage(response)).toContain('Log out?');
  });

  it('changes the queues only from the board’s own page', async () => {
    const visit = await openSession(web, token);
    const path = '/admin/queues/api/queues/applications/pause';
    const headers = { Origin: 'https://evil.example', 'Sec-Fetch-Site': 'cross-site' };
    expect((await visit(path, { method: 'PUT', headers })).status).toBe(403);
    expect(await queue.bullmq.isPaused()).toBe(false);
  });
});

it('an unknown page is a page with status 404', async () => {
  const visit = await openSession(web, token);
  const response = await visit('/admin/unknown');
  expect(response.status).toBe(404);
  expect(await readPage(response)).toContain('no resource has this path');
});

it('pages name the request id and the security policy of every response', async () => {
  const { headers } = await open('/admin/login');
  expect(headers.get('X-Request-Id')).toMatch(/\w/);
  expect(headers.get('Content-Security-Policy')).toContain("default-src 'none'");
});
