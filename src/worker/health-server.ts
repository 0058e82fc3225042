import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Settings } from '../lib/config';
import type { Logger } from '../lib/log';
import type { Metrics } from '../metrics/metrics';

export interface HealthServer {
  /** Null if the worker has no port. */
  readonly port: number | null;
  close(): Promise<void>;
}

const CLOSED: HealthServer = { port: null, close: () => Promise.resolve() };

interface Answer {
  status: number;
  contentType: string;
  body: string;
}

function json(status: number, body: object): Answer {
  return { status, contentType: 'application/json', body: JSON.stringify(body) };
}

async function answer(path: string, isReady: boolean, { registry }: Metrics): Promise<Answer> {
  if (path === '/livez') return json(200, { status: 'ok' });
  if (path === '/metrics')
    return { status: 200, contentType: registry.contentType, body: await registry.metrics() };
  if (path !== '/readyz') return json(404, { status: 'not found' });
  return isReady ? json(200, { status: 'ok' }) : json(503, { status: 'starting' });
}

/**
 * Answers the probes of a platform on `WORKER_PORT`. `GET /livez`: the process answers, 200. `GET /readyz`: it takes jobs, 200, else 503.
 * An outage of a store changes neither: a worker that is restarted cannot repair it. `GET /metrics`: those of this process alone.
 * @param isReady whether the worker takes jobs
 */
export async function startHealthServer(
  { workerPort, host }: Pick<Settings, 'workerPort' | 'host'>,
  isReady: () => boolean,
  metrics: Metrics,
  log: Logger,
): Promise<HealthServer> {
  if (workerPort === null) return CLOSED;
  const server = createServer((request, response) => {
    void answer(request.url ?? '', isReady(), metrics).then(({ status, contentType, body }) =>
      response.writeHead(status, { 'Content-Type': contentType, 'Cache-Control': 'no-store' }).end(body),
    );
  });
  server.listen(workerPort, host);
  await once(server, 'listening'); // Rejects if the port is taken.
  const { port } = server.address() as AddressInfo;
  log.info({ port }, 'answering probes');
  return {
    port,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
