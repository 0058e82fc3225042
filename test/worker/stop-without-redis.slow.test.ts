import { createSecret } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startProcess, type RealProcess } from '../support/processes';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();

let proxy: Proxy;
let worker: RealProcess;
beforeEach(async () => {
  proxy = await forwardTo(queue.redisUrl);
  const throughProxy = { ...queue, redisUrl: proxy.through(queue.redisUrl) };
  const pushes = { EVENTS_URL: 'http://127.0.0.1:9/', EVENTS_SECRET: createSecret() };
  worker = await startProcess('worker', stores, throughProxy, { ...pushes, SHUTDOWN_SECONDS: '20' });
});
afterEach(() => worker.stop('SIGKILL'));

it('stops cleanly while Redis cannot be reached', async () => {
  proxy.cut();
  await eventually(() => proxy.refusedConnections() >= 3);
  expect(await worker.stop()).toBe(0);
});

it('stops cleanly while Redis does not answer', async () => {
  proxy.stall();
  expect(await worker.stop()).toBe(0);
});
