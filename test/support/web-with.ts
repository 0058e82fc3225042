import { createSecret, parseSecrets } from '../../src/signature';
import { createApp } from '../../src/web/app';
import type { WebDeps } from '../../src/web/context';
import { listen, type WebServer } from '../../src/web/listen';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { quiet, type TestQueue } from './queue';

/** A second web application on the same stores, with other settings; starts with the test file. */
export function useWebWith(
  stores: TestDatabase,
  queue: TestQueue,
  differently: () => Partial<WebDeps>,
): { url: string; secret: string } {
  const secret = createSecret();
  const test = { url: '', secret };
  let server: WebServer;
  beforeAll(async () => {
    const deps = {
      database: stores.database,
      queue: queue.queue,
      log: quiet,
      webhookSecrets: parseSecrets(secret),
    };
    server = await listen(createApp({ ...deps, ...differently() }), 0, '127.0.0.1');
    test.url = server.url;
  });
  atEnd(() => server.close());
  return test;
}
