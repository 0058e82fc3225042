import { connectDatabase } from '../../src/models/connect';
import { openApplicationQueue } from '../../src/queue/applications';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { waitForToken } from '../support/feed';
import { problemOf } from '../support/problem';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { basicAuth, post, readApplication, tokenFor, useWeb } from '../support/web';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

let redis: Proxy;
let postgres: Proxy;
beforeAll(async () => {
  redis = await forwardTo(queue.redisUrl);
  postgres = await forwardTo(stores.url);
});

/** Reaches both stores through proxies. */
const proxied = useWeb(stores, queue, () => {
  const settings = {
    redisUrl: redis.through(queue.redisUrl),
    queuePrefix: queue.prefix,
  };
  const own = openApplicationQueue(settings, silentLog);
  const database = connectDatabase(postgres.through(stores.url));
  atEnd(async () => {
    await own.close();
    await database.sequelize.close();
  });
  return { queue: own, database };
});

afterEach(() => {
  redis.restore();
  postgres.restore();
});

const waitUntilAccepting = () =>
  eventually(async () => (await post(proxied, applicationEvent())).status === 202);

async function expectQueueUnavailable(response: Response): Promise<void> {
  expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
  const { detail } = await problemOf(response, 503, 'QUEUE_UNAVAILABLE');
  expect(detail).not.toMatch(/redis|127\.0\.0\.1|ECONN/i);
}

describe('while Redis is unavailable', () => {
  it.each(['cut', 'stall'] as const)(
    'the webhook is 503 with Retry-After, and accepts nothing: %s',
    async (how) => {
      await waitUntilAccepting();
      redis[how]();
      const event = applicationEvent();
      await expectQueueUnavailable(await post(proxied, event));
      redis.restore();
      await waitUntilAccepting();
      expect((await post(web, event)).headers.get('Idempotent-Replayed')).toBeNull();
    },
  );

  it('and available again, the webhook is 202 without a restart', async () => {
    await waitUntilAccepting();
    redis.cut();
    expect((await post(proxied, applicationEvent())).status).toBe(503);
    redis.restore();
    await waitUntilAccepting();
  });

  it('conversations can be read', async () => {
    const id = await createConversation(stores);
    await waitForToken(proxied);
    redis.cut();
    const headers = { Authorization: `Bearer ${proxied.token}` };
    expect((await fetch(`${proxied.url}/conversations/${id}`, { headers })).status).toBe(200);
  });

  it('an ACCEPTED application can be read', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    await waitForToken(proxied);
    redis.cut();
    expect(await readApplication(proxied, event.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('invalid and unauthenticated events are still 422 and 401', async () => {
    redis.cut();
    expect((await post(proxied, { ...applicationEvent(), id: '' })).status).toBe(422);
    expect((await post({ ...proxied, secret: createSecret() }, applicationEvent())).status).toBe(401);
  });

  it('the queue board is 503 and reveals nothing internal', async () => {
    const headers = basicAuth(proxied.token);
    await waitForToken(proxied);
    await waitUntilAccepting();
    redis.cut();
    const response = await fetch(`${proxied.url}/admin/queues/api/queues`, { headers });
    expect(response.status).toBe(503);
    expect(await response.text()).not.toMatch(/ECONN|\.js|127\.0\.0\.1/);
  });
});

describe('while PostgreSQL is unavailable', () => {
  beforeEach(waitUntilAccepting);

  it.each(['cut', 'stall'] as const)(
    'signed events are accepted, and processed afterwards: %s',
    async (how) => {
      postgres[how]();
      const event = applicationEvent();
      expect((await post(proxied, event)).status).toBe(202);
      postgres.restore();
      const stop = await runWorker(stores, queue);
      await eventually(async () => (await readApplication(web, event.id)).status === 'ACCEPTED');
      await stop();
    },
  );

  it.each(['cut', 'stall'] as const)('events with a cached token are accepted: %s', async (how) => {
    const token = await tokenFor(stores, 'applications:write');
    const send = async () => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const init = {
        method: 'POST',
        headers,
        body: JSON.stringify(applicationEvent()),
        signal: AbortSignal.timeout(60_000),
      };
      return (await fetch(`${proxied.url}/webhooks/applications`, init)).status;
    };
    await eventually(async () => (await send()) === 202);
    postgres[how]();
    const afterCacheTime = Date.now() + 3000;
    do expect(await send()).toBe(202);
    while (Date.now() < afterCacheTime);
  });

  it.each(['cut', 'stall'] as const)('reads are 503 and reveal nothing internal: %s', async (how) => {
    const headers = { Authorization: `Bearer ${proxied.token}` };
    const read = (path: string) =>
      fetch(proxied.url + path, { headers, signal: AbortSignal.timeout(60_000) });
    await eventually(async () => (await read('/conversations')).status === 200);
    postgres[how]();
    for (const path of ['/conversations', '/applications']) {
      const { detail } = await problemOf(await read(path), 503, 'DATABASE_UNAVAILABLE');
      expect(detail).not.toMatch(/ECONN|127\.0\.0\.1|SELECT|postgres:/);
    }
  });

  it('and available again, reads are 200 without a restart', async () => {
    postgres.cut();
    const headers = { Authorization: `Bearer ${proxied.token}` };
    expect((await fetch(`${proxied.url}/conversations`, { headers })).status).toBe(503);
    postgres.restore();
    await eventually(async () => (await fetch(`${proxied.url}/conversations`, { headers })).status === 200);
  });
});
