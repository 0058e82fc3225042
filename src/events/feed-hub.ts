import { EventEmitter } from 'node:events';
import { LRUCache } from 'lru-cache';
import type { Logger } from '../lib/log';
import { createOutageLog } from '../lib/outage-log';
import type { Database } from '../models/connect';
import { postgresAddress } from '../models/tls';
import { listenForEvents } from './event-listener';
import { readNewest } from './newest';
import { readFeed, type FeedPage, type FeedQuery } from './feed';
import { refreshFeed, type FeedEnds } from './position';

/** Catches up on notifications that were lost, or sent while the listener was disconnected. */
const POLL_EVERY_MS = 500;
/** Limits the pages in memory: readers that are behind read pages of their own. */
const MAX_SHARED_PAGES = 50;

/** One process's access to the feed. Its readers share every query, so their number costs the database nothing. */
export interface FeedHub {
  /** Returns a number that grows whenever new events can be read. */
  generation(): number;
  /** Checks for new events, so that the next read includes everything committed before this call. */
  refresh(): Promise<void>;
  /** Reads a page as `readFeed` does. Readers with the same query share one page until there are new events. */
  read(query: FeedQuery): Promise<FeedPage>;
  /** Returns the cursor after the newest event that was committed before this call; null while there is none. */
  findEnd(): Promise<string | null>;
  /** Waits for new events: true once `generation()` is above `seen`; false after `ms`, or when `signal` aborts. */
  waitForNewer(seen: number, ms: number, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/**
 * Opens a hub at once. While the database is unavailable, reads fail and waiting readers go on waiting.
 * @param url where it listens: PostgreSQL itself, because a pooler delivers no notifications; polling goes on without them
 */
export function openFeedHub(database: Database, url: string, log: Logger): FeedHub {
  const outageLog = createOutageLog(log, 'event feed refresh');
  let generation = 0;
  let ends: FeedEnds = { newest: '', pruned: '0' };
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const sharedPages = new LRUCache<string, Promise<FeedPage>>({ max: MAX_SHARED_PAGES });
  const changes = new EventEmitter().setMaxListeners(0);

  async function checkForEvents(): Promise<void> {
    const before = ends;
    ends = await refreshFeed(database);
    // A page that was read before its cursor was deleted must not be returned any more.
    if (ends.newest !== before.newest || ends.pruned !== before.pruned) sharedPages.clear();
    if (ends.newest === before.newest) return;
    generation += 1;
    changes.emit('change');
  }

  /** A check that runs already may have started before the caller's commit, so the caller gets the next one. */
  function refresh(): Promise<void> {
    if (next) return next;
    if (running === null) {
      running = checkForEvents().finally(() => {
        running = null;
      });
      return running;
    }
    const startNext = () => {
      next = null;
      return refresh();
    };
    next = running.then(startNext, startNext);
    return next;
  }

  function poll(): void {
    refresh().then(outageLog.recovered, outageLog.failed);
  }

  const timer = setInterval(poll, POLL_EVERY_MS);
  const stopListening = listenForEvents(postgresAddress(url, database.tls), log, poll);

  function read(query: FeedQuery): Promise<FeedPage> {
    const key = JSON.stringify(query);
    const shared = sharedPages.get(key);
    if (shared) return shared;
    const page = readFeed(database, query);
    sharedPages.set(key, page);
    page.catch(() => sharedPages.delete(key)); // The readers that share it get the error; the next one reads again.
    return page;
  }

  function waitForNewer(seen: number, ms: number, signal: AbortSignal): Promise<boolean> {
    if (generation > seen) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(timeout);
        changes.off('change', settle);
        signal.removeEventListener('abort', settle);
        resolve(generation > seen);
      };
      const timeout = setTimeout(settle, ms);
      changes.on('change', settle);
      signal.addEventListener('abort', settle);
      if (signal.aborted) settle();
    });
  }

  return {
    generation: () => generation,
    refresh,
    read,
    findEnd: async () => (await readNewest(database, { limit: 0 })).next_cursor,
    waitForNewer,
    async close() {
      clearInterval(timer);
      await Promise.allSettled([stopListening(), running, next]);
    },
  };
}
