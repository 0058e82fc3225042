import { startHealthServer, type HealthServer } from '../../src/worker/health-server';
import { createMetrics } from '../../src/metrics/metrics';
import { silentLog } from '../support/queue';

const metrics = createMetrics('worker');
let isReady = false;
let server: HealthServer;
beforeAll(async () => {
  server = await startHealthServer({ workerPort: 0, host: '127.0.0.1' }, () => isReady, metrics, silentLog);
});
afterAll(() => server.close());

async function statusOf(path: string): Promise<number> {
  return (await fetch(`http://127.0.0.1:${server.port}${path}`)).status;
}

it.each([
  [false, '/livez', 200],
  [false, '/readyz', 503],
  [true, '/readyz', 200],
  [true, '/metrics', 200],
  [true, '/elsewhere', 404],
])('with a worker that is ready: %s, answers %s with %i', async (ready, path, status) => {
  isReady = ready;
  expect(await statusOf(path)).toBe(status);
});

it('has no port without WORKER_PORT', async () => {
  const without = await startHealthServer(
    { workerPort: null, host: '127.0.0.1' },
    () => true,
    metrics,
    silentLog,
  );
  expect(without.port).toBeNull();
});

it('names a port that is taken', async () => {
  const { port: workerPort } = server;
  await expect(
    startHealthServer({ workerPort, host: '127.0.0.1' }, () => true, metrics, silentLog),
  ).rejects.toThrow(/EADDRINUSE/);
});
