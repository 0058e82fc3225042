import { openFeedHub, type FeedHub } from '../../src/events/feed-hub';
import type { Database } from '../../src/models/connect';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
import { getEvents, readPage } from './feed';
import { silentLog, type TestQueue } from './queue';
import { useWeb } from './web';
import { useWebWith } from './web-with';

export interface WatchedHub extends FeedHub {
  /** How many readers wait now. */
  waiting(): number;
  /** How many pages were asked for, with this limit where it is given. */
  reads(limit?: number): number;
  /** How many of them failed. */
  failedReads(): number;
}

/** A hub that tells what it is asked; closed at the end of the test file. */
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

export interface WatchedWeb {
  url: string;
  /** A token with every scope. */
  token: string;
  hub: WatchedHub;
}

/** A web application whose hub is watched; each test begins with an empty feed that it knows of. */
export function useWatchedWeb(stores: TestDatabase, queue: TestQueue): WatchedWeb {
  const web = {} as WatchedWeb;
  const other = useWeb(stores, queue);
  const watched = useWebWith(stores, queue, () => {
    web.hub = watchedHub(stores.database, stores.url);
    return { hub: web.hub };
  });
  beforeEach(async () => {
    Object.assign(web, { url: watched.url, token: other.token });
    await stores.database.sequelize.query('TRUNCATE candidates, applications, conversations, events CASCADE');
    await eventually(async () => (await readPage(await getEvents(web))).next_cursor === null);
  });
  return web;
}
