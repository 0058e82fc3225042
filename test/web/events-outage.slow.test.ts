import { openFeedHub } from '../../src/events/feed-hub';
import { connectDatabase } from '../../src/models/connect';
import { assignAllPositions } from '../../src/events/position';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { getEvents, waitForToken, readPage } from '../support/feed';
import { problemOf } from '../support/problem';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { openStream, type EventStream } from '../support/sse';
import { watchedHub, type WatchedHub } from '../support/watched-web';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
let toDatabase: Proxy;
let toListen: Proxy;
let hub: WatchedHub;
beforeAll(async () => {
  toDatabase = await forwardTo(stores.url);
  toListen = await forwardTo(stores.url);
});
afterEach(() => {
  toDatabase.restore();
  toListen.restore();
});

/** Reaches the database through a proxy. */
const proxied = useWeb(stores, queue, () => {
  const database = connectDatabase(toDatabase.through(stores.url), { applicationName: 'conv web' });
  atEnd(() => database.sequelize.close());
  hub = watchedHub(database, toDatabase.through(stores.url));
  return { database, hub };
});
/** Only listens for notifications through a proxy. */
const unnotified = useWeb(stores, queue, () => {
  const own = openFeedHub(stores.database, toListen.through(stores.url), silentLog);
  atEnd(() => own.close());
  return { hub: own };
});

const hasReceived = (id: string) => (stream: EventStream) => stream.frames.at(-1)?.event?.data.id === id;

describe('while PostgreSQL is unavailable', () => {
  it.each(['cut', 'stall'] as const)('streams stay open and continue afterwards: %s', async (how) => {
    const first = await createConversation(stores);
    await assignAllPositions(stores.database);
    await waitForToken(proxied);
    // Each stream has another limit, so that they share no page and each has to query during the outage.
    const streams = await Promise.all(
      Array.from({ length: 60 }, (_, n) => openStream(proxied, { path: `/events?limit=${n + 100}` })),
    );
    await eventually(() => streams.every(hasReceived(first)));
    const failedBefore = hub.failedReads();
    const before = streams.map((stream) => stream.ids().length);
    toDatabase[how]();
    if (how === 'cut') await eventually(() => hub.failedReads() > failedBefore + 60);
    const id = await createConversation(stores);
    toDatabase.restore();
    await eventually(() => streams.every(hasReceived(id)));
    expect(streams.map((stream) => stream.ids().length)).toEqual(before.map((count) => count + 1));
    expect(streams.filter((stream) => !stream.isOpen())).toEqual([]);
    for (const stream of streams) stream.close();
  });

  it('long polls wait and answer afterwards; a pull is 503', async () => {
    await createConversation(stores);
    await assignAllPositions(stores.database);
    const { next_cursor } = await eventually(async () => readPage(await getEvents(proxied, '?limit=200')));
    await eventually(() => hub.waiting() === 0);
    const answer = getEvents(proxied, `?wait=60&after=${next_cursor}`, AbortSignal.timeout(60_000));
    await eventually(() => hub.waiting() === 1);
    const refused = toDatabase.refusedConnections();
    toDatabase.cut();
    await eventually(() => toDatabase.refusedConnections() > refused + 2);
    const unavailable = await problemOf(await getEvents(proxied, '?limit=3'), 503, 'DATABASE_UNAVAILABLE');
    expect(unavailable.detail).not.toMatch(/127\.0\.0\.1|ECONN|SELECT/);
    const id = await createConversation(stores);
    toDatabase.restore();
    expect((await readPage(await answer)).data.map(({ data }) => data.id)).toEqual([id]);
  });
});

describe('while notifications are lost', () => {
  it('streams get events by polling, and the listener reconnects', async () => {
    await eventually(() => toListen.openConnections() === 1);
    const stream = await openStream(unnotified);
    await eventually(() => stream.frames.length > 0);
    toListen.cut();
    const id = await createConversation(stores);
    await eventually(() => hasReceived(id)(stream));
    toListen.restore();
    await eventually(() => toListen.openConnections() === 1);
    const next = await createConversation(stores);
    await eventually(() => hasReceived(next)(stream));
    stream.close();
  });
});
