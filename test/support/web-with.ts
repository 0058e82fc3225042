import { openFeedHub, type FeedHub } from '../../src/events/feed-hub';
import { watchQueueCapacity, type QueueCapacity } from '../../src/queue/capacity';
import { createSecret, parseSecrets } from '../../src/lib/signature';
import { createApp } from '../../src/web/app';
import type { WebDeps } from '../../src/web/context';
import { listen, type WebServer } from '../../src/web/listen';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { silentLog, type TestQueue } from './queue';

/** A second web application on the same stores, with other settings; starts with the test file. */
export function useWebWith(
  stores: TestDatabase,
  queue: TestQueue,
  differently: () => Partial<WebDeps>,
): { url: string; secret: string } {
  const secret = createSecret();
  const test = { url: '', secret };
  const stopping = new AbortController();
  let server: WebServer;
  let hub: FeedHub;
  let room: QueueCapacity;
  beforeAll(async () => {
    hub = openFeedHub(stores.database, stores.url, silentLog);
    room = watchQueueCapacity(queue.applications, 1_000_000, silentLog);
    const deps = {
      hub,
      room,
      rateLimit: null,
      stopping: stopping.signal,
      database: stores.database,
      queue: queue.applications,
      push: queue.push,
      log: silentLog,
      webhookSecrets: parseSecrets(secret),
    };
    server = await listen(createApp({ ...deps, ...differently() }), 0, '127.0.0.1');
    test.url = server.url;
  });
  atEnd(async () => {
    stopping.abort();
    await server.close();
    await Promise.all([room.close(), hub.close()]);
  });
  return test;
}
