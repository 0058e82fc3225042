import { connectDatabase } from '../../src/models/connect';
import { openApplicationQueue } from '../../src/queue/applications';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';
import { post, readApplication, tokenFor, useWeb, type TestWeb } from '../support/web';
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

/** A web application whose stores are reached by way of the proxies. */
const shaky = useWeb(stores, queue, () => {
  const settings = {
    redisUrl: redis.through(queue.redisUrl),
    queuePrefix: queue.prefix,
    keepCompletedSeconds: 60,
  };
  const own = openApplicationQueue(settings, silentLog);
  const database = connectDatabase(postgres.through(stores.url));
  atEnd(async () => {
    await own.close();
    await database.sequelize.close();
  });
  return { queue: own, database };
});

const asWeb = ({ url, secret }: { url: string; secret: string }): TestWeb => ({
  url,
  secret,
  token: web.token,
});

afterEach(() => {
  redis.restore();
  postgres.restore();
});

const works = () => eventually(async () => (await post(asWeb(shaky), applicationEvent())).status === 202);

async function expectQueueAway(response: Response): Promise<void> {
  expect(Number(response.headers.get('Retry-After'))).toBeGreaterThan(0);
  const { detail } = await problemOf(response, 503, 'QUEUE_UNAVAILABLE');
  expect(detail).not.toMatch(/redis|127\.0\.0\.1|ECONN/i);
}

describe('Redis lost', () => {
  it.each(['cut', 'stall'] as const)(
    'is 503 with Retry-After for the webhook, and nothing is accepted: %s',
    async (how) => {
      await works();
      redis[how]();
      const event = applicationEvent();
      await expectQueueAway(await post(asWeb(shaky), event));
      redis.restore();
      await works();
      expect((await post(web, event)).headers.get('Idempotent-Replayed')).toBeNull();
    },
  );

  it('and back is 202 again, without a restart', async () => {
    await works();
    redis.cut();
    expect((await post(asWeb(shaky), applicationEvent())).status).toBe(503);
    redis.restore();
    await works();
  });

  it('does not keep from reading conversations', async () => {
    const id = await createConversation(stores);
    redis.cut();
    const headers = { Authorization: `Bearer ${web.token}` };
    expect((await fetch(`${shaky.url}/conversations/${id}`, { headers })).status).toBe(200);
  });

  it('does not keep from reading an application that is ACCEPTED', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    redis.cut();
    expect(await readApplication(asWeb(shaky), event.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('still refuses what is wrong: 401 and 422 need no queue', async () => {
    redis.cut();
    expect((await post(asWeb(shaky), { ...applicationEvent(), id: '' })).status).toBe(422);
    expect((await post({ ...asWeb(shaky), secret: createSecret() }, applicationEvent())).status).toBe(401);
  });

  it('makes the board say so, and not hang', async () => {
    const token = await tokenFor(stores, 'queues:admin');
    const headers = { Authorization: `Basic ${Buffer.from(`me:${token}`).toString('base64')}` };
    await works();
    redis.cut();
    const response = await fetch(`${shaky.url}/admin/queues/api/queues`, { headers });
    expect(response.status).toBeGreaterThanOrEqual(500);
    expect(await response.text()).not.toMatch(/ECONN|\.js|127\.0\.0\.1/);
  });
});

describe('PostgreSQL away', () => {
  beforeEach(works);

  it.each(['cut', 'stall'] as const)(
    'still accepts signed events, which are decided when it is back: %s',
    async (how) => {
      postgres[how]();
      const event = applicationEvent();
      expect((await post(asWeb(shaky), event)).status).toBe(202);
      postgres.restore();
      const stop = await runWorker(stores, queue);
      await eventually(async () => (await readApplication(web, event.id)).status === 'ACCEPTED');
      await stop();
    },
  );

  it.each(['cut', 'stall'] as const)('goes on accepting events of a token that is known: %s', async (how) => {
    const token = await tokenFor(stores, 'applications:write');
    const send = async () => {
      const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' };
      const init = {
        method: 'POST',
        headers,
        body: JSON.stringify(applicationEvent()),
        signal: AbortSignal.timeout(60_000),
      };
      return (await fetch(`${shaky.url}/webhooks/applications`, init)).status;
    };
    await eventually(async () => (await send()) === 202);
    postgres[how]();
    const longerThanRemembered = Date.now() + 3000;
    do expect(await send()).toBe(202);
    while (Date.now() < longerThanRemembered);
  });

  it.each(['cut', 'stall'] as const)(
    'is 503 for whoever reads, and tells nothing of the inside: %s',
    async (how) => {
      const headers = { Authorization: `Bearer ${web.token}` };
      const read = (path: string) =>
        fetch(shaky.url + path, { headers, signal: AbortSignal.timeout(60_000) });
      await eventually(async () => (await read('/conversations')).status === 200);
      postgres[how]();
      for (const path of ['/conversations', '/applications']) {
        const { detail } = await problemOf(await read(path), 503, 'DATABASE_UNAVAILABLE');
        expect(detail).not.toMatch(/ECONN|127\.0\.0\.1|SELECT|postgres:/);
      }
    },
  );

  it('and back is 200 again, without a restart', async () => {
    postgres.cut();
    const headers = { Authorization: `Bearer ${web.token}` };
    expect((await fetch(`${shaky.url}/conversations`, { headers })).status).toBe(503);
    postgres.restore();
    await eventually(async () => (await fetch(`${shaky.url}/conversations`, { headers })).status === 200);
  });
});
