import { createSecret } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { problemOf } from '../support/problem';
import { startProcess } from '../support/processes';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';
import { post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

let redis: Proxy;
let postgres: Proxy;
beforeAll(async () => {
  redis = await forwardTo(queue.redisUrl);
  postgres = await forwardTo(stores.url);
});

describe('a web process', () => {
  it('that starts without Redis answers 503 until Redis is available', async () => {
    const secret = createSecret();
    redis.cut();
    const webProcess = await startProcess(
      'web',
      stores,
      { redisUrl: redis.through(queue.redisUrl), prefix: queue.prefix },
      {
        WEBHOOK_SECRETS: secret,
      },
    );
    const url = webProcess.url ?? '';
    const refused = await post({ ...web, url, secret }, applicationEvent());
    expect(Number(refused.headers.get('Retry-After'))).toBeGreaterThan(0);
    await problemOf(refused, 503, 'QUEUE_UNAVAILABLE');
    expect((await fetch(`${url}/livez`)).status).toBe(200);
    expect((await problemOf(await fetch(`${url}/readyz`), 503)).detail).toBe('failing: queue');
    redis.restore();
    await eventually(async () => (await post({ ...web, url, secret }, applicationEvent())).status === 202);
    await eventually(async () => (await fetch(`${url}/readyz`)).status === 200); // Its checks are cached for a second.
    expect(await webProcess.stop()).toBe(0);
  });

  it('that starts without PostgreSQL accepts signed events', async () => {
    const secret = createSecret();
    postgres.cut();
    const webProcess = await startProcess('web', { url: postgres.through(stores.url) }, queue, {
      WEBHOOK_SECRETS: secret,
    });
    const url = webProcess.url ?? '';
    await eventually(async () => (await post({ ...web, url, secret }, applicationEvent())).status === 202);
    expect((await problemOf(await fetch(`${url}/readyz`), 503)).detail).toBe('failing: database');
    expect(await webProcess.stop()).toBe(0);
  });
});
