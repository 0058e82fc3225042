import { createConversation } from '../support/applications';
import { createToken, revokeToken } from '../../src/tokens/token';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { getEvents, readPage, insertEvents } from '../support/feed';
import { problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { openStream } from '../support/sse';
import { useWatchedWeb } from '../support/watched-web';

const stores = useDatabase();
const queue = useQueue();
const web = useWatchedWeb(stores, queue);
afterEach(() => jest.restoreAllMocks());

/** Inserts events and waits until the web application has noticed them. */
async function insertAndWait(...args: Parameters<typeof insertEvents>): Promise<string[]> {
  const ids = await insertEvents(...args);
  await eventually(async () => (await readPage(await getEvents(web, `?after=${ids.at(-1)}`))).next_cursor);
  return ids;
}

it('sends all events from the beginning, then new ones', async () => {
  const ids = await insertAndWait(stores.database, 3);
  const response = await fetch(`${web.url}/events`, {
    headers: { Authorization: `Bearer ${web.token}`, Accept: 'text/event-stream' },
  });
  expect(response.status).toBe(200);
  expect(response.headers.get('Content-Type')).toMatch(/^text\/event-stream/);
  expect(response.headers.get('Cache-Control')).toBe('no-store');
  await response.body?.cancel();

  const stream = await openStream(web);
  await eventually(() => stream.ids().length === 3);
  const id = await createConversation(stores);
  await eventually(() => stream.ids().length === 4);
  expect(stream.ids().slice(0, 3)).toEqual(ids);
  const [last] = stream.frames.slice(-1);
  expect(last).toMatchObject({ id: last?.event?.id, event: { type: 'conversation.created', data: { id } } });
  stream.close();
});

it.each([
  ['Text/Event-Stream', 'text/event-stream'],
  ['text/*', 'text/event-stream'],
  ['application/json;q=0.5, text/event-stream', 'text/event-stream'],
  ['text/event-stream;q=0', 'application/json'],
  ['text/event-stream;q=0.5, application/json', 'application/json'],
  ['*/*', 'application/json'],
  ['text/html', 'application/json'],
])('answers Accept: %s with %s', async (accept, type) => {
  const headers = { Authorization: `Bearer ${web.token}`, Accept: accept };
  const response = await fetch(`${web.url}/events`, { headers });
  expect([response.status, response.headers.get('Content-Type')?.split(';')[0]]).toEqual([200, type]);
  await response.body?.cancel();
});

it('begins after the cursor; Last-Event-ID takes precedence over `after`', async () => {
  const ids = await insertAndWait(stores.database, 4);
  const path = `/events?after=${ids[0]}`;
  const byQuery = await openStream(web, { path });
  const byHeader = await openStream(web, { path, lastEventId: ids[2] });
  await eventually(() => byQuery.ids().length === 3 && byHeader.ids().length === 1);
  expect(byQuery.ids()).toEqual(ids.slice(1));
  expect(byHeader.ids()).toEqual(ids.slice(3));
  byQuery.close();
  byHeader.close();
  expect(await readPage(await getEvents(web, `?after=${ids[2]}`))).toMatchObject({ data: [{ id: ids[3] }] });
});

it('sends all pages of a long feed', async () => {
  const ids = await insertAndWait(stores.database, 450);
  const stream = await openStream(web, { path: '/events?limit=200' });
  await eventually(() => stream.ids().length >= 450);
  expect(stream.ids()).toEqual(ids);
  stream.close();
});

it.each([
  ['/events?after=x', 422],
  ['/events?type=x', 422],
  ['/events?after=00000000-0000-4000-8000-000000000000', 410],
])('%s is %i and not a stream', async (path, status) => {
  const headers = { Authorization: `Bearer ${web.token}`, Accept: 'text/event-stream' };
  await problemOf(await fetch(web.url + path, { headers }), status);
  await problemOf(await fetch(web.url + path, { headers: { Accept: 'text/event-stream' } }), 401);
});

it('an invalid Last-Event-ID is 422', async () => {
  expect((await openStream(web, { lastEventId: 'x' })).status).toBe(422);
});

it('sends a heartbeat whose id is past the events that the filter left out', async () => {
  const ids = await insertAndWait(stores.database, 3);
  const stream = await openStream(web, { path: '/events?type=application.rejected' });
  await eventually(() => web.hub.waiting() === 1);
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + 60_000); // A minute passes.
  const beat = await eventually(() => stream.frames.find(({ comment }) => comment === 'heartbeat'));
  expect(beat).toEqual({ comment: 'heartbeat', id: ids[2], event: undefined });
  expect(stream.ids()).toEqual([]);
  stream.close();
});

it('ends when its token is revoked, while other streams continue', async () => {
  const { id, token: secret } = await createToken(stores.database, {
    name: 'revoked soon',
    scopes: ['conversations:read'],
    expiresAt: null,
  });
  const revoked = await openStream({ ...web, token: secret });
  const other = await openStream(web);
  await eventually(() => web.hub.waiting() === 2);
  await revokeToken(stores.database, id);
  expect(await revoked.ended).toBe(true);
  await createConversation(stores);
  await eventually(() => other.ids().length === 1);
  expect(revoked.ids()).toEqual([]);
  other.close();
  expect((await openStream({ ...web, token: secret })).status).toBe(401);
});

it('stops waiting when the client disconnects', async () => {
  const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(web)));
  await eventually(() => web.hub.waiting() === 20);
  for (const stream of streams) stream.close();
  await eventually(() => web.hub.waiting() === 0);
});
