import { randomUUID } from 'node:crypto';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { addPushes } from '../../src/queue/push';
import { createToken, revokeToken } from '../../src/tokens/token';
import { logIn } from '../support/admin';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { rawCall } from '../support/raw-http';
import { basicAuth, post, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const BOARD = '/admin/queues';

let token: string;
beforeAll(async () => {
  token = await tokenFor(stores, 'queues:admin');
});

const open = (path: string) => fetch(web.url + path, { headers: basicAuth(token) });

describe('authentication', () => {
  it.each([
    BOARD,
    `${BOARD}/`,
    `${BOARD}/queue/applications`,
    `${BOARD}/api/queues`,
    `${BOARD}/static/favicon.ico`,
  ])('is required at %s', async (path) => {
    const response = await fetch(web.url + path);
    expect(response.headers.get('WWW-Authenticate')).toMatch(/^Basic realm="[^"]+", charset="UTF-8"$/);
    await problemOf(response, 401, 'NOT_AUTHENTIC');
  });

  it.each([BOARD, `${BOARD}/queue/applications?status=failed`])(
    'sends a browser without it to the login, which leads back to %s',
    async (path) => {
      const headers = { Accept: 'text/html,application/xhtml+xml,*/*;q=0.8' };
      const response = await fetch(web.url + path, { headers, redirect: 'manual' });
      const login = response.headers.get('Location') ?? '';
      expect([response.status, login]).toEqual([303, `/admin/login?next=${encodeURIComponent(path)}`]);
      const next = new URL(login, web.url).searchParams.get('next') ?? '';
      expect((await logIn(web, token, next)).headers.get('Location')).toBe(path);
    },
  );

  it('answers a browser with a wrong password 401', async () => {
    const headers = { ...basicAuth('hunter2'), Accept: 'text/html' };
    await problemOf(await fetch(web.url + BOARD, { headers, redirect: 'manual' }), 401, 'NOT_AUTHENTIC');
  });

  it('never leads a login away from this server', async () => {
    const headers = { Accept: 'text/html' };
    const answer = await rawCall(web.url, { method: 'GET', path: `${BOARD}/../..//evil.example`, headers });
    const next = new URL(String(answer.headers['location']), web.url).searchParams.get('next') ?? '';
    expect((await logIn(web, token, next)).headers.get('Location')).toBe('/admin');
  });

  it.each(['', 'operator', 'né🎉', 'a b'])('accepts any user name: %j', async (user) => {
    const response = await fetch(web.url + BOARD, { headers: basicAuth(token, user) });
    expect(response.status).toBe(200);
  });

  it.each([
    ['a wrong password', basicAuth('hunter2')],
    ['an unknown token', basicAuth(`conv_${'A'.repeat(43)}`)],
    ['no password', basicAuth('')],
    ['invalid base64', { Authorization: 'Basic %%%' }],
  ])('refuses %s', async (_, headers) => {
    await problemOf(await fetch(web.url + BOARD, { headers }), 401, 'NOT_AUTHENTIC');
  });

  it('refuses the token as a user name', async () => {
    await problemOf(await fetch(web.url + BOARD, { headers: basicAuth('x', token) }), 401, 'NOT_AUTHENTIC');
  });

  it('refuses a token without the scope with 403', async () => {
    const other = await tokenFor(stores, 'conversations:write', 'applications:write');
    await problemOf(await fetch(web.url + BOARD, { headers: basicAuth(other) }), 403, 'FORBIDDEN');
  });
});

it('refuses a revoked token within seconds', async () => {
  const { id, token: revoked } = await createToken(stores.database, {
    name: 'gone',
    scopes: ['queues:admin'],
    expiresAt: null,
  });
  const visit = () => fetch(web.url + BOARD, { headers: basicAuth(revoked) });
  expect((await visit()).status).toBe(200);
  await revokeToken(stores.database, id);
  await eventually(async () => (await visit()).status === 401, 10_000);
});

describe('the page', () => {
  it.each([BOARD, `${BOARD}/`, `${BOARD}/queue/applications`])('is HTML: %s', async (path) => {
    const response = await open(path);
    expect([response.status, response.headers.get('Content-Type')]).toEqual([200, containing('text/html')]);
    expect(await response.text()).toContain('<title>conv</title>');
  });

  it('loads all of its files from this server', async () => {
    const html = await (await open(BOARD)).text();
    const base = /<base href="([^"]+)"/.exec(html)?.[1] ?? '/';
    const named = [...html.matchAll(/(?:src|href)="([^"]+\.(?:js|css|ico|png|svg))"/g)].map(
      (match) => match[1] ?? '',
    );
    expect(named.length).toBeGreaterThan(1);
    for (const asset of named) {
      const url = new URL(asset, new URL(base, web.url));
      expect(url.origin).toBe(web.url);
      const response = await open(url.pathname);
      expect([asset, response.status]).toEqual([asset, 200]);
      expect(response.headers.get('Content-Type')).toMatch(/javascript|css|image/);
    }
  });

  it('names no other host', async () => {
    expect(await (await open(BOARD)).text()).not.toMatch(/(?:src|href)="(?:https?:)?\/\//);
  });

  it('has a request id', async () => {
    expect((await open(BOARD)).headers.get('X-Request-Id')).toMatch(/\w/);
  });
});

describe('the queues', () => {
  it('are listed with their jobs', async () => {
    const event = applicationEvent();
    await post(web, event);
    const response = await open(`${BOARD}/api/queues?activeQueue=applications&status=waiting&page=1`);
    const { queues } = (await response.json()) as { queues: { name: string; jobs: { data: unknown }[] }[] };
    expect(queues.map(({ name }) => name)).toEqual(['applications']);
    expect(JSON.stringify(queues)).toContain(event.id);
  });

  it('include the queue of event pushes once pushing was switched on', async () => {
    await switchPushingOn(stores.database);
    const event_id = randomUUID();
    await addPushes(queue.push, [event_id]);
    const path = `${BOARD}/api/queues?activeQueue=push&status=waiting&page=1`;
    await eventually(async () => (await (await open(path)).text()).includes(event_id));
    expect((await open(`${BOARD}/api/queues/push/${event_id}`)).status).toBe(200);
  });

  it('show one job with any id', async () => {
    const event = applicationEvent({ id: 'a/b c%d é' });
    await post(web, event);
    const [job] = (await queue.bullmq.getJobs('waiting')).filter(({ data }) => data.event.id === event.id);
    const response = await open(`${BOARD}/api/queues/applications/${encodeURIComponent(job?.id ?? '')}`);
    expect(response.status).toBe(200);
    expect(JSON.stringify(await response.json())).toContain(event.candidate_id);
  });

  it('are 404 for an unknown queue or job', async () => {
    expect((await open(`${BOARD}/api/queues/applications/none`)).status).toBe(404);
    expect((await open(`${BOARD}/api/queues/none/metrics`)).status).toBe(404);
  });
});
