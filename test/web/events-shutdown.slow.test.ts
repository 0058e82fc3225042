import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { getEvents, waitForToken, readPage, insertEvents } from '../support/feed';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { openStream } from '../support/sse';
import { tokenFor } from '../support/web';

const stores = useDatabase();
const queue = useQueue();

beforeEach(() => stores.database.sequelize.query('TRUNCATE events CASCADE'));

it.each(['SIGTERM', 'SIGINT'] as const)(
  'streams and long polls end at %s, and a client that does not read does not block the exit',
  async (signal) => {
    const token = await tokenFor(stores, 'conversations:read');
    const ids = await insertEvents(stores.database, 10_000, { bytes: 2000 });
    const process = await startProcess('web', stores, queue);
    try {
      const web = { url: process.url ?? '', token };
      const after = ids.at(-1);
      await waitForToken(web);
      const idle = await Promise.all(
        Array.from({ length: 20 }, () => openStream(web, { lastEventId: after })),
      );
      const polls = Array.from({ length: 5 }, () => getEvents(web, `?wait=60&after=${after}`));
      const neverReads = await openStream(web, { path: '/events?limit=200', paused: true });
      const busy = await openStream(web); // Once this one has everything, the socket buffers of the other are full.
      await eventually(() => busy.ids().length >= ids.length);

      expect(await process.stop(signal)).toBe(0);
      expect(await Promise.all(idle.map(({ ended }) => ended))).toEqual(idle.map(() => true));
      expect(await busy.ended).toBe(true);
      for (const poll of polls) expect(await readPage(await poll)).toEqual({ data: [], next_cursor: after });
      neverReads.resume();
      expect(await neverReads.ended).toBe(false);
      expect(neverReads.ids()).toEqual(ids.slice(0, neverReads.ids().length));
      expect(process.output()).not.toMatch(/Warning|leak/);
    } finally {
      await process.stop('SIGKILL');
    }
  },
);
