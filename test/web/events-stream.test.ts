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

/** Plants and waits until web knows. */
async function plant(...args: Parameters<typeof insertEvents>): Promise<string[]> {
  const ids = await insertEvents(...args);
  await eventually(async () => (await readPage(await getEvents(web, `?after=${ids.at(-1)}`))).next_cursor);
  return ids;
}

it('is server-sent events, from the beginning on and with what comes', async () => {
  const ids = await plant(stores.database, 3);
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

it('begins after the cursor; Last-Event-ID counts more than the address', async () => {
  const ids = await plant(stores.database, 4);
  const path = `/events?after=${ids[0]}`;
  const byAddress = await openStream(web, { path });
  const byHeader = await openStream(web, { path, lastEventId: ids[2] });
  await eventually(() => byAddress.ids().length === 3 && byHeader.ids().length === 1);
  expect(byAddress.ids()).toEqual(ids.slice(1));
  expect(byHeader.ids()).toEqual(ids.slice(3));
  byAddress.close();
  byHeader.close();
  expect(await readPage(await getEvents(web, `?after=${ids[2]}`))).toMatchObject({ data: [{ id: ids[3] }] });
});

it('gives all of a long feed, page after page', async () => {
  const ids = await plant(stores.database, 450);
  const stream = await openStream(web, { path: '/events?limit=200' });
  await eventually(() => stream.ids().length >= 450);
  expect(stream.ids()).toEqual(ids);
  stream.close();
});

it.each([
  ['/events?after=x', 422],
  ['/events?type=x', 422],
  ['/events?after=00000000-0000-4000-8000-000000000000', 410],
])('%s is %i and no stream', async (path, status) => {
  const headers = { Authorization: `Bearer ${web.token}`, Accept: 'text/event-stream' };
  await problemOf(await fetch(web.url + path, { headers }), status);
  await problemOf(await fetch(web.url + path, { headers: { Accept: 'text/event-stream' } }), 401);
});

it('a wrong Last-Event-ID is 422', async () => {
  expect((await openStream(web, { lastEventId: 'x' })).status).toBe(422);
});

it('a heartbeat carries the id that is past what the filter left out', async () => {
  const ids = await plant(stores.database, 3);
  const stream = await openStream(web, { path: '/events?type=application.rejected' });
  await eventually(() => web.hub.waiting() === 1);
  const now = Date.now.bind(Date);
  jest.spyOn(Date, 'now').mockImplementation(() => now() + 60_000); // A minute later.
  const beat = await eventually(() => stream.frames.find(({ comment }) => comment === 'heartbeat'));
  expect(beat).toEqual({ comment: 'heartbeat', id: ids[2], event: undefined });
  expect(stream.ids()).toEqual([]);
  stream.close();
});

it('ends when its token is revoked, idle or not; others go on', async () => {
  const { id, token: secret } = await createToken(stores.database, {
    name: 'revoked soon',
    scopes: ['conversations:read'],
    expiresAt: null,
  });
  const theirs = await openStream({ ...web, token: secret });
  const other = await openStream(web);
  await eventually(() => web.hub.waiting() === 2);
  await revokeToken(stores.database, id);
  expect(await theirs.ended).toBe(true);
  await createConversation(stores);
  await eventually(() => other.ids().length === 1);
  expect(theirs.ids()).toEqual([]);
  other.close();
  expect((await openStream({ ...web, token: secret })).status).toBe(401);
});

it('costs nothing more once its reader is gone', async () => {
  const streams = await Promise.all(Array.from({ length: 20 }, () => openStream(web)));
  await eventually(() => web.hub.waiting() === 20);
  for (const stream of streams) stream.close();
  await eventually(() => web.hub.waiting() === 0);
});

it('a reader that does not read holds a few pages, and has all of them once it reads', async () => {
  const ids = await plant(stores.database, 20_000, { bytes: 2000 });
  const slow = await openStream(web, { path: '/events?limit=100', paused: true });
  const quick = await openStream(web, { path: '/events?limit=200' });
  await eventually(() => quick.ids().length === ids.length, 60_000);
  quick.close();
  expect(web.hub.reads(200)).toBeGreaterThanOrEqual(100);
  // Of 200 pages, 230 KB each, those that fit into the sockets' own buffers, which the system bounds to some MB.
  expect(web.hub.reads(100)).toBeLessThan(80);
  slow.resume();
  await eventually(() => slow.ids().length === ids.length, 60_000);
  expect(slow.ids()).toEqual(ids);
  slow.close();
});
