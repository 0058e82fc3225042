import { EventEmitter } from 'node:events';
import { LRUCache } from 'lru-cache';
import { Client } from 'pg';
import type { Logger } from '../lib/log';
import type { Database } from '../models/connect';
import { EVENTS_CHANNEL } from '../models/notify';
import { readFeed, type FeedPage, type FeedQuery } from './feed';
import { assignPositions } from './position';

/** The table is looked at this often, for a notification that was lost or a listener that is away. */
const LOOK_EVERY_MS = 500;
const LISTEN_AGAIN_MS = 1000;
const CONNECT_WITHIN_MS = 3000;
/** Pages in memory at once; whoever lags behind reads other pages than the rest, and must not fill it. */
const SHARED_PAGES = 50;

/** One process's view of the feed: however many readers wait, the database is asked once for what they all want. */
export interface FeedHub {
  /** Counts up whenever there is something new. */
  generation(): number;
  /** Looks for what was committed by now, so that a caller can read what it has just done. */
  refresh(): Promise<void>;
  /** As readFeed; readers that ask the same at the same time share the answer. */
  read(query: FeedQuery): Promise<FeedPage>;
  /** Resolves to true when there is something newer than `generation`; to false after `ms`, or when `signal` ends it. */
  waitForNewer(generation: number, ms: number, signal: AbortSignal): Promise<boolean>;
  close(): Promise<void>;
}

/** Keeps a connection that listens; tells each notification, and lives through outages. */
function listen(url: string, log: Logger, onNotice: () => void): () => Promise<void> {
  let closed = false;
  let client: Client | null = null;
  let retry: NodeJS.Timeout | undefined;

  async function connect(): Promise<void> {
    const fresh = new Client({
      connectionString: url,
      application_name: 'conv events',
      connectionTimeoutMillis: CONNECT_WITHIN_MS,
      keepAlive: true,
    });
    client = fresh;
    fresh.on('notification', onNotice);
    fresh.on('error', (error) => log.debug({ err: error }, 'events listener'));
    fresh.once('end', again);
    try {
      await fresh.connect();
      await fresh.query(`LISTEN ${EVENTS_CHANNEL}`);
      onNotice();
    } catch (error) {
      log.debug({ err: error }, 'cannot listen for events; the table is polled meanwhile');
      await fresh.end().catch(() => again()); // It may never have connected, and then does not end by itself.
    }
  }

  function again(): void {
    if (closed) return;
    clearTimeout(retry);
    retry = setTimeout(() => void connect(), LISTEN_AGAIN_MS);
  }

  void connect();
  return async () => {
    closed = true;
    clearTimeout(retry);
    await client?.end().catch((error: unknown) => log.debug({ err: error }, 'events listener'));
  };
}

/** Opens at once; while the database is away, readers wait and reads fail as everywhere. */
export function openFeedHub(database: Database, url: string, log: Logger): FeedHub {
  let generation = 0;
  let newest = '';
  let running: Promise<void> | null = null;
  let next: Promise<void> | null = null;
  const shared = new LRUCache<string, Promise<FeedPage>>({ max: SHARED_PAGES });
  const changes = new EventEmitter().setMaxListeners(0);

  async function look(): Promise<void> {
    const now = await assignPositions(database);
    if (now === newest) return;
    newest = now;
    generation += 1;
    shared.clear();
    changes.emit('change');
  }

  /** A look that begins after this call: the one that is under way may be too early for what the caller knows of. */
  function refresh(): Promise<void> {
    if (next) return next;
    if (running === null) {
      running = look().finally(() => {
        running = null;
      });
      return running;
    }
    const after = () => {
      next = null;
      return refresh();
    };
    next = running.then(after, after);
    return next;
  }

  function wake(): void {
    refresh().catch((error: unknown) => log.debug({ err: error }, 'cannot look for events'));
  }

  const timer = setInterval(wake, LOOK_EVERY_MS);
  const stopListening = listen(url, log, wake);

  function read(query: FeedQuery): Promise<FeedPage> {
    const key = JSON.stringify(query);
    const known = shared.get(key);
    if (known) return known;
    const page = readFeed(database, query);
    shared.set(key, page);
    page.catch(() => shared.delete(key)); // Whoever asked is told; the next one asks again.
    return page;
  }

  function waitForNewer(seen: number, ms: number, signal: AbortSignal): Promise<boolean> {
    if (generation > seen) return Promise.resolve(true);
    return new Promise((resolve) => {
      const settle = () => {
        clearTimeout(limit);
        changes.off('change', settle);
        signal.removeEventListener('abort', settle);
        resolve(generation > seen);
      };
      const limit = setTimeout(settle, ms);
      changes.on('change', settle);
      signal.addEventListener('abort', settle);
      if (signal.aborted) settle();
    });
  }

  return {
    generation: () => generation,
    refresh,
    read,
    waitForNewer,
    async close() {
      clearInterval(timer);
      await Promise.allSettled([stopListening(), running, next]);
    },
  };
}
