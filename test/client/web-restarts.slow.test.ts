import { createClient, followEvents, retryCall, unwrap, type ConvClient } from '../../src/client';
import { findFreePort } from '../../src/local/ports';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertEvents } from '../support/feed';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { tokenFor } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

/** Returns the cursor after the newest event. */
async function findFeedEnd(client: ConvClient): Promise<string | null> {
  const call = () => unwrap(client.GET('/events', { params: { query: { after: 'latest' } } }));
  return (await retryCall(call, {})).next_cursor;
}

it.each(['SIGTERM', 'SIGKILL'] as const)(
  'yields every event once while web restarts three times by %s',
  async (how) => {
    const PORT = String(await findFreePort());
    const start = () => startProcess('web', stores, queue, { PORT });
    let web = await start();
    const client = createClient({ url: web.url ?? '', token: await tokenFor(stores, 'conversations:read') });
    const end = new AbortController();
    const read: string[] = [];
    const retried = jest.fn();
    const feed = followEvents(client, { after: 'latest', signal: end.signal, onRetry: retried });
    const reading = (async () => {
      for await (const { id } of feed) read.push(id);
    })();
    await feed.started;
    const written: string[] = [];
    for (let restart = 0; restart < 3; restart++) {
      written.push(...(await insertEvents(stores.database, 300)));
      await eventually(() => read.length > written.length - 300); // Stops web in the middle of its work.
      await web.stop(how);
      written.push(...(await insertEvents(stores.database, 10)));
      await eventually(() => retried.mock.calls.length > restart);
      web = await start();
      await eventually(() => read.length === written.length);
    }
    end.abort();
    await reading;
    await web.stop();
    expect(read).toEqual(written);
  },
);

it('yields every event once to a reader that restarts with its saved cursor while web is killed', async () => {
  const PORT = String(await findFreePort());
  const start = () => startProcess('web', stores, queue, { PORT });
  let web = await start();
  const client = createClient({ url: web.url ?? '', token: await tokenFor(stores, 'conversations:read') });
  const written: string[] = [];
  const read: string[] = [];
  let after = await findFeedEnd(client);
  const saveCursor = (cursor: string) => (after = cursor);
  for (let restart = 0; restart < 3; restart++) {
    written.push(...(await insertEvents(stores.database, 300)));
    const end = new AbortController();
    const reading = (async () => {
      for await (const { id } of followEvents(client, { after, signal: end.signal, saveCursor }))
        read.push(id);
    })();
    await eventually(() => read.length > written.length - 300);
    await web.stop('SIGKILL');
    end.abort();
    await reading;
    written.push(...(await insertEvents(stores.database, 10)));
    web = await start();
  }
  const end = new AbortController();
  for await (const { id } of followEvents(client, { after, signal: end.signal, saveCursor })) {
    read.push(id);
    if (id === written.at(-1)) end.abort();
  }
  await web.stop();
  expect(read).toEqual(written);
});
