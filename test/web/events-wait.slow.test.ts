import { assignAllPositions } from '../../src/events/position';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { getEvents, readPage, insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';
import { useWatchedWeb } from '../support/watched-web';

const stores = useDatabase();
const queue = useQueue();
const web = useWatchedWeb(stores, queue);

const page = async (query = '') => readPage(await getEvents(web, query));

/** Reads from the beginning until there are this many events: a process notices new ones with a delay. */
const pageWith = (count: number, query = '') =>
  eventually(async () => {
    const found = await page(query);
    return found.data.length === count && found;
  });

describe('wait', () => {
  it('answers at once if there are events', async () => {
    const ids = await insertEvents(stores.database, 2);
    await pageWith(2);
    expect((await page('?wait=60')).data.map(({ id }) => id)).toEqual(ids);
  });

  it('answers when an event arrives', async () => {
    const [first] = await insertEvents(stores.database, 1);
    await pageWith(1);
    const answer = page(`?wait=60&after=${first}`);
    await eventually(() => web.hub.waiting() === 1);
    const id = await createConversation(stores);
    expect((await answer).data.map(({ data }) => data.id)).toEqual([id]);
  });

  it('keeps waiting while events do not match the filter, and moves the cursor past them', async () => {
    const answer = page('?wait=60&type=application.rejected');
    await eventually(() => web.hub.waiting() === 1);
    const before = web.hub.reads();
    await insertEvents(stores.database, 3);
    await eventually(() => web.hub.reads() > before && web.hub.waiting() === 1);
    const [wanted] = await insertEvents(stores.database, 1, { type: 'application.rejected' });
    expect(await answer).toMatchObject({ data: [{ id: wanted }], next_cursor: wanted });
  });

  it('answers with no events and the same cursor when the time is over', async () => {
    const [first] = await insertEvents(stores.database, 1);
    await pageWith(1);
    expect(await page(`?wait=1&after=${first}`)).toEqual({ data: [], next_cursor: first });
  });

  it('reads a page once for all clients that wait for it', async () => {
    await assignAllPositions(stores.database);
    const answers = Array.from({ length: 40 }, () => page('?wait=60'));
    await eventually(() => web.hub.waiting() === 40);
    let pagesRead = 0;
    const { options } = stores.database.sequelize;
    options.logging = (sql) => void (pagesRead += sql.includes('SELECT page.*') ? 1 : 0);
    const id = await createConversation(stores);
    const pages = await Promise.all(answers);
    options.logging = false;
    for (const { data } of pages) expect(data.map((event) => event.data.id)).toEqual([id]);
    expect(pagesRead).toBeGreaterThan(0);
    expect(pagesRead).toBeLessThan(5); // Once for each change of the feed, not once for each client.
  });

  it('stops waiting when the client disconnects', async () => {
    const client = new AbortController();
    const answer = getEvents(web, '?wait=60', client.signal);
    await eventually(() => web.hub.waiting() === 1);
    client.abort();
    await expect(answer).rejects.toThrow();
    await eventually(() => web.hub.waiting() === 0);
  });
});
