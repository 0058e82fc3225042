import { toJobId } from '../../src/queue/job-id';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { containing, ISO_TIME } from '../support/matchers';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { failPermanently } from '../support/queue-jobs';
import { rawCall } from '../support/raw-http';
import { recordingLog } from '../support/recording-log';
import { basicAuth, post, tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const { log, lines } = recordingLog();
const web = useWeb(stores, queue, () => ({ log }));

const BOARD = '/admin/queues';
const PAUSE = `${BOARD}/api/queues/applications/pause`;
const RESUME = `${BOARD}/api/queues/applications/resume`;

let token: string;
beforeAll(async () => {
  token = await tokenFor(stores, 'queues:admin');
});

const paused = () => queue.bullmq.isPaused();

describe('a change', () => {
  afterEach(() => queue.bullmq.resume());

  it.each([
    { Origin: 'https://evil.example' },
    { Origin: 'null' },
    { Origin: 'http://localhost:1' },
    { 'Sec-Fetch-Site': 'cross-site' },
    { 'Sec-Fetch-Site': 'same-site' },
    { 'Sec-Fetch-Site': 'cross-site', Origin: 'null' },
  ])('from another origin is 403: %j', async (headers) => {
    // fetch does not let a program set these headers.
    const sent = { ...basicAuth(token), ...headers };
    const answer = await rawCall(web.url, {
      method: 'PUT',
      path: PAUSE,
      headers: sent,
    });
    expect([answer.status, answer.headers['content-type']]).toEqual([403, containing('problem+json')]);
    expect(await paused()).toBe(false);
  });

  it.each(['POST', 'PUT', 'PATCH', 'DELETE'])(
    'from another origin is 403 for any method: %s',
    async (method) => {
      const headers = { ...basicAuth(token), Origin: 'https://evil.example' };
      for (const path of [`${BOARD}/api/queues/pause`, `${BOARD}/api/queues/applications/add`, BOARD])
        expect((await rawCall(web.url, { method, path, headers })).status).toBe(403);
    },
  );

  it('from the page itself is allowed', async () => {
    const headers = { ...basicAuth(token), Origin: web.url, 'Sec-Fetch-Site': 'same-origin' };
    expect((await rawCall(web.url, { method: 'PUT', path: PAUSE, headers })).status).toBe(200);
    expect(await paused()).toBe(true);
    expect((await rawCall(web.url, { method: 'PUT', path: RESUME, headers })).status).toBe(200);
    expect(await paused()).toBe(false);
  });

  it('by a program is allowed with a bearer token', async () => {
    const headers = { Authorization: `Bearer ${token}` };
    expect((await fetch(web.url + PAUSE, { method: 'PUT', headers })).status).toBe(200);
    // The time and the reason are stored for a pause from the board as well.
    const reason = 'paused by an operator';
    expect(await queue.bullmq.getPause()).toEqual({ since: ISO_TIME, reason });
  });

  it('with a password and without an origin is 403', async () => {
    const answer = await rawCall(web.url, { method: 'PUT', path: PAUSE, headers: basicAuth(token) });
    expect([answer.status, await paused()]).toEqual([403, false]);
  });

  it('by GET has no effect', async () => {
    await fetch(web.url + PAUSE, { headers: basicAuth(token) });
    expect(await paused()).toBe(false);
  });
});

describe('an acknowledged application', () => {
  const change = (method: string, action: string) =>
    fetch(`${web.url}${BOARD}/api/queues/applications/${action}`, {
      method,
      headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
      ...(method === 'PATCH' && { body: '{"jobData":{}}' }),
    });

  it.each([
    ['PUT', 'empty'],
    ['PUT', 'obliterate'],
    ['PUT', 'clean/wait'],
    ['PUT', 'clean/failed'],
    ['PUT', 'JOB/clean'],
    ['PATCH', 'JOB/update-data'],
    ['PATCH', 'JOB/delay'],
    ['POST', 'add'],
    ['PUT', 'concurrency'],
  ])('is neither removed nor edited: %s %s', async (method, action) => {
    const event = applicationEvent();
    await post(web, event);
    const id = toJobId(event.id);
    await problemOf(await change(method, action.replace('JOB', id)), 403, 'FORBIDDEN');
    expect((await queue.bullmq.getJob(id))?.data.event).toEqual(event);
  });

  it('is retried after it failed', async () => {
    const event = applicationEvent();
    await failPermanently(stores, queue, event);
    expect((await change('PUT', `${toJobId(event.id)}/retry`)).status).toBe(204);
    expect(await (await queue.bullmq.getJob(toJobId(event.id)))?.getState()).toBe('waiting');
    const logged = {
      action: 'retry',
      queue: 'applications',
      job_id: toJobId(event.id),
      token: 'queues:admin',
    };
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject(logged);
  });
});
