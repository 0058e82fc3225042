import { randomBytes } from 'node:crypto';
import { eraseCandidate } from '../../src/candidates/erase';
import { connectDatabase } from '../../src/models/connect';
import { watchQueueCapacity } from '../../src/queue/capacity';
import { paths } from '../../src/web/openapi/document';
import { createConversation, createRejected } from '../support/applications';
import { lockCandidate } from '../support/candidate-lock';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { silentLog, useQueue } from '../support/queue';
import { basicAuth, call, post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);
/** Nothing listens at the address of its database. */
const withoutDatabase = useWeb(stores, queue, () => {
  const database = connectDatabase('postgres://127.0.0.1:1/conv');
  atEnd(() => database.sequelize.close());
  return { database };
});
const full = useWeb(stores, queue, () => {
  const capacity = watchQueueCapacity(queue.applications, 0, silentLog);
  atEnd(() => capacity.close());
  return { capacity };
});
const guessed = useWeb(stores, queue);

const routes = Object.entries(paths).flatMap(([path, item]) =>
  Object.entries(item).map(([method, { security }]) => [method.toUpperCase(), path, security] as const),
);
const protectedRoutes = routes.filter(([, , security]) => security.length > 0);

function request(url: string, method: string, path: string, token: string): Promise<Response> {
  const authorization = path.startsWith('/admin') ? basicAuth(token) : { Authorization: `Bearer ${token}` };
  const headers = { 'Content-Type': 'application/json', ...authorization };
  const body = method === 'GET' ? {} : { body: '{}' };
  return fetch(url + path.replace('{id}', 'unknown'), { method, headers, ...body });
}

const randomToken = () => `conv_${randomBytes(32).toString('base64url')}`;

describe.each(protectedRoutes)('%s %s', (method, path) => {
  it('is 503 while PostgreSQL is unavailable and the token is not known', async () => {
    const response = await request(withoutDatabase.url, method, path, randomToken());
    await problemOf(response, 503, 'DATABASE_UNAVAILABLE');
  });

  it('is 429 after too many unknown tokens', async () => {
    const response = await eventually(async () => {
      const answer = await request(guessed.url, method, path, randomToken());
      return answer.status === 429 && answer;
    });
    await problemOf(response, 429, 'RATE_LIMITED');
  });
});

it('POST /webhooks/applications is 503 while the queue is full', async () => {
  await problemOf(await post(full, applicationEvent()), 503, 'QUEUE_FULL');
});

it('POST /applications/{id}/replay is 409 after an erasure', async () => {
  const { id, candidate_id } = await createRejected(stores);
  await eraseCandidate(stores.database, queue.applications, candidate_id);
  await problemOf(await call(web, 'POST', `/applications/${id}/replay`), 409, 'ERASED');
});

it('PATCH /conversations/{id} is 503 while another transaction locks the candidate', async () => {
  const event = applicationEvent();
  const id = await createConversation(stores, 'CREATED', event);
  const lock = await lockCandidate(stores, event.candidate_id);
  const response = await call(web, 'PATCH', `/conversations/${id}`, { status: 'ONGOING' });
  await lock.release();
  await problemOf(response, 503, 'CONTENTION');
});

it('GET of applications and conversations accepts Cache-Control: no-cache', async () => {
  const event = applicationEvent();
  const id = await createConversation(stores, 'CREATED', event);
  const paths = ['/applications', `/applications/${event.id}`, '/conversations', `/conversations/${id}`];
  const headers = { Authorization: `Bearer ${web.token}`, 'Cache-Control': 'no-cache' };
  const answers = await Promise.all(paths.map((path) => fetch(web.url + path, { headers })));
  expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
});

it('GET /events continues a stream after Last-Event-ID', async () => {
  await createConversation(stores);
  const first = await call(web, 'GET', '/events?limit=1');
  const { next_cursor } = (await first.json()) as { next_cursor: string };
  const stop = new AbortController();
  const headers = {
    Authorization: `Bearer ${web.token}`,
    Accept: 'text/event-stream',
    'Last-Event-ID': next_cursor,
  };
  const response = await fetch(`${web.url}/events`, { headers, signal: stop.signal });
  stop.abort();
  expect(response.headers.get('X-Accel-Buffering')).toBe('no');
});
