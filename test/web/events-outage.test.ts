import { openFeedHub } from '../../src/events/feed-hub';
import { connectDatabase } from '../../src/models/connect';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { getEvents, waitForToken, readPage, assignAllPositions } from '../support/feed';
import { problemOf } from '../support/problem';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { openStream, type EventStream } from '../support/sse';
import { watchedHub, type WatchedHub } from '../support/watched-web';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const token = useWeb(stores, queue);
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

/** One whose database is reached by a proxy, and one that only listens by a proxy. */
const shaky = useWeb(stores, queue, () => {
  const database = connectDatabase(toDatabase.through(stores.url), { applicationName: 'conv web' });
  atEnd(() => database.sequelize.close());
  hub = watchedHub(database, toDatabase.through(stores.url));
  return { database, hub };
});
const deaf = useWeb(stores, queue, () => {
  const own = openFeedHub(stores.database, toListen.through(stores.url), silentLog);
  atEnd(() => own.close());
  return { hub: own };
});

const at = ({ url }: { url: string }) => ({ url, token: token.token });
const got = (id: string) => (stream: EventStream) => stream.frames.at(-1)?.event?.data.id === id;

describe('PostgreSQL away', () => {
  it.each(['cut', 'stall'] as const)('streams wait and go on after it is back: %s', async (how) => {
    const begin = await createConversation(stores);
    await assignAllPositions(stores.database);
    await waitForToken(at(shaky));
    // Each with another limit, so that they share no page and have to ask while it is away.
    const streams = await Promise.all(
      Array.from({ length: 60 }, (_, n) => openStream(at(shaky), { path: `/events?limit=${n + 100}` })),
    );
    await eventually(() => streams.every(got(begin)));
    const already = hub.failedReads();
    const before = streams.map((stream) => stream.ids().length);
    toDatabase[how]();
    if (how === 'cut') await eventually(() => hub.failedReads() > already + 60);
    const id = await createConversation(stores);
    toDatabase.restore();
    await eventually(() => streams.every(got(id)));
    expect(streams.map((stream) => stream.ids().length)).toEqual(before.map((count) => count + 1));
    expect(streams.filter((stream) => !stream.isOpen())).toEqual([]);
    for (const stream of streams) stream.close();
  });

  it('long polls wait and answer after it is back; a pull says that it is away', async () => {
    await createConversation(stores);
    await assignAllPositions(stores.database);
    const { next_cursor } = await eventually(async () => readPage(await getEvents(at(shaky), '?limit=200')));
    await eventually(() => hub.waiting() === 0);
    const answer = getEvents(at(shaky), `?wait=60&after=${next_cursor}`, AbortSignal.timeout(60_000));
    await eventually(() => hub.waiting() === 1);
    const refused = toDatabase.refusedConnections();
    toDatabase.cut();
    await eventually(() => toDatabase.refusedConnections() > refused + 2);
    const away = await problemOf(await getEvents(at(shaky), '?limit=3'), 503, 'DATABASE_UNAVAILABLE');
    expect(away.detail).not.toMatch(/127\.0\.0\.1|ECONN|SELECT/);
    const id = await createConversation(stores);
    toDatabase.restore();
    expect((await readPage(await answer)).data.map(({ data }) => data.id)).toEqual([id]);
  });
});

describe('the notification lost', () => {
  it('the table is looked at all the same, and the listener comes back', async () => {
    await eventually(() => toListen.openConnections() === 1);
    const stream = await openStream(at(deaf));
    await eventually(() => stream.frames.length > 0);
    toListen.cut();
    const id = await createConversation(stores);
    await eventually(() => got(id)(stream));
    toListen.restore();
    await eventually(() => toListen.openConnections() === 1);
    const next = await createConversation(stores);
    await eventually(() => got(next)(stream));
    stream.close();
  });
});
