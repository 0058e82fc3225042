import { openFeedHub, type FeedHub } from '../../src/events/feed-hub';
import type { Database } from '../../src/models/connect';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
import { getEvents, readPage } from './feed';
import { silentLog, type TestQueue } from './queue';
import { useWeb, type TestWeb } from './web';

/** A feed hub that counts its calls. */
export interface WatchedHub extends FeedHub {
  /** Returns how many readers are waiting now. */
  waiting(): number;
  /** Returns how many pages were read so far, with this limit if given. */
  reads(limit?: number): number;
  /** Returns how many of the reads failed. */
  failedReads(): number;
}

/** Opens a hub that counts its calls, and closes it at the end of the test file. */
export function watchedHub(database: Database, url: string): WatchedHub {
  const hub = openFeedHub(database, url, silentLog);
  const limits: number[] = [];
  let [waiting, failed] = [0, 0];
  atEnd(() => hub.close());
  return {
    ...hub,
    read(query) {
      limits.push(query.limit);
      const page = hub.read(query);
      page.catch(() => (failed += 1));
      return page;
    },
    async waitForNewer(...args) {
      waiting += 1;
      try {
        return await hub.waitForNewer(...args);
      } finally {
        waiting -= 1;
      }
    },
    waiting: () => waiting,
    reads: (limit) => limits.filter((one) => limit === undefined || one === limit).length,
    failedReads: () => failed,
  };
}

export interface WatchedWeb extends TestWeb {
  hub: WatchedHub;
}

/** Runs a web application with a watched hub. Each test starts with an empty feed, and the hub has noticed that. */
export function useWatchedWeb(stores: TestDatabase, queue: TestQueue): WatchedWeb {
  const web = useWeb(stores, queue, () => {
    web.hub = watchedHub(stores.database, stores.url);
    return { hub: web.hub };
  }) as WatchedWeb;
  beforeEach(async () => {
    await stores.database.sequelize.query('TRUNCATE candidates, applications, conversations, events CASCADE');
    await eventually(async () => (await readPage(await getEvents(web))).next_cursor === null);
  });
  return web;
}
