import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { receive } from '../../src/applications/receive';
import {
  addApplication,
  callQueue,
  openApplicationQueue,
  type ApplicationQueue,
} from '../../src/queue/applications';
import { waitForQueue } from '../../src/queue/open';
import { queueStats } from '../../src/queue/stats';
import { atEnd } from '../support/cleanup';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { forwardTo, type Proxy } from '../support/proxy';
import { silentLog, useQueue } from '../support/queue';

const real = useQueue();

const UNAVAILABLE = {
  code: 'QUEUE_UNAVAILABLE',
  status: 503,
  retry: 'outage',
  retryAfterSeconds: 2,
};

async function open(redisUrl: string): Promise<ApplicationQueue> {
  const queue = openApplicationQueue({ redisUrl, queuePrefix: real.prefix }, silentLog);
  atEnd(() => queue.close());
  return Promise.resolve(queue);
}

async function startHangingServer(): Promise<{ url: string; close: () => Promise<unknown> }> {
  const server = createServer((socket) => socket.on('error', () => undefined).resume()).listen(
    0,
    '127.0.0.1',
  );
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const close = () => new Promise((resolve) => server.close(resolve));
  return { url: `redis://127.0.0.1:${port}`, close };
}

const receiving = (queue: ApplicationQueue) => receive(queue, applicationEvent(), 'test');

it('refuses an application when nothing listens', async () => {
  const { url, close } = await startHangingServer();
  await close();
  await expect(receiving(await open(url))).rejects.toMatchObject(UNAVAILABLE);
});

it('refuses an application when the server accepts connections and never answers', async () => {
  const { url, close } = await startHangingServer();
  const queue = await open(url);
  await expect(receiving(queue)).rejects.toMatchObject(UNAVAILABLE);
  await expect(queueStats(queue)).rejects.toMatchObject(UNAVAILABLE);
  await queue.close();
  await close();
});

describe('a queue that was connected', () => {
  let proxy: Proxy;
  let queue: ApplicationQueue;
  beforeAll(async () => {
    proxy = await forwardTo(real.redisUrl);
    queue = await open(proxy.through(real.redisUrl));
  });
  beforeEach(async () => {
    proxy.restore();
    await eventually(() => receiving(queue));
  });

  it('refuses applications during an outage, and accepts them afterwards', async () => {
    proxy.cut();
    await expect(receiving(queue)).rejects.toMatchObject(UNAVAILABLE);
    proxy.restore();
    expect(await eventually(() => receiving(queue))).toMatchObject({ redelivered: false });
  });

  it('refuses applications while Redis hangs, and accepts them afterwards', async () => {
    proxy.stall();
    await expect(receiving(queue)).rejects.toMatchObject(UNAVAILABLE);
    proxy.restore();
    expect(await eventually(() => receiving(queue))).toMatchObject({ redelivered: false });
  });

  it('refuses each of many applications during an outage', async () => {
    proxy.cut();
    const results = await Promise.allSettled(Array.from({ length: 20 }, () => receiving(queue)));
    for (const result of results) expect(result).toMatchObject({ status: 'rejected', reason: UNAVAILABLE });
  });
});

it('waits for the connection, at most for the given time', async () => {
  const proxy = await forwardTo(real.redisUrl);
  proxy.cut();
  const queue = await open(proxy.through(real.redisUrl));
  await waitForQueue(queue, 1);
  expect(queue.connection.status).not.toBe('ready');
  const awaited = waitForQueue(queue, 120_000);
  proxy.restore();
  await awaited;
  expect(queue.connection.status).toBe('ready');
  await waitForQueue(queue, 120_000);
});

it('times out work that never ends', async () => {
  const never = new Promise<never>(() => undefined);
  await expect(callQueue(() => never)).rejects.toMatchObject(UNAVAILABLE);
});

it('returns the result and the errors of the work', async () => {
  expect(await callQueue(() => Promise.resolve(7))).toBe(7);
  const { job } = await addApplication(real.applications, {
    event: applicationEvent({ id: 'taken' }),
    received_at: new Date().toISOString(),
    request_id: 'test',
    delivery_id: 'first',
  });
  expect(job.data.event.id).toBe('taken');
  const conflict = receive(real.applications, applicationEvent({ id: 'taken' }), 'test');
  await expect(conflict).rejects.toMatchObject({ code: 'CONFLICT' });
});
