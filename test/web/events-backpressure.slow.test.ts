import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';
import { openStream } from '../support/sse';
import { useWatchedWeb } from '../support/watched-web';

const stores = useDatabase();
const queue = useQueue();
const web = useWatchedWeb(stores, queue);

it('buffers a few pages for a client that does not read, and sends all events once it reads', async () => {
  const ids = await insertEvents(stores.database, 20_000, { bytes: 2000 });
  const slow = await openStream(web, { path: '/events?limit=100', paused: true });
  const quick = await openStream(web, { path: '/events?limit=200' });
  await eventually(() => quick.ids().length === ids.length, 60_000);
  quick.close();
  expect(web.hub.reads(200)).toBeGreaterThanOrEqual(100);
  // 200 pages of 230 KB each: only those that fit into the socket buffers, a few MB, were read.
  expect(web.hub.reads(100)).toBeLessThan(80);
  slow.resume();
  await eventually(() => slow.ids().length === ids.length, 60_000);
  expect(slow.ids()).toEqual(ids);
  slow.close();
});
