import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import type { Settings } from '../lib/config';
import type { Logger } from '../lib/log';

export interface HealthServer {
  /** Null if the worker has no port. */
  readonly port: number | null;
  close(): Promise<void>;
}

const CLOSED: HealthServer = { port: null, close: () => Promise.resolve() };

function answer(path: string, isReady: boolean): { status: number; body: object } {
  if (path === '/livez') return { status: 200, body: { status: 'ok' } };
  if (path !== '/readyz') return { status: 404, body: { status: 'not found' } };
  return isReady ? { status: 200, body: { status: 'ok' } } : { status: 503, body: { status: 'starting' } };
}

/**
 * Answers the probes of a platform on `WORKER_PORT`. `GET /livez`: the process answers, 200. `GET /readyz`: it takes jobs, 200, else 503.
 * An outage of a store changes neither: a worker that is restarted cannot repair it.
 * @param isReady whether the worker takes jobs
 */
export async function startHealthServer(
  { workerPort, host }: Pick<Settings, 'workerPort' | 'host'>,
  isReady: () => boolean,
  log: Logger,
): Promise<HealthServer> {
  if (workerPort === null) return CLOSED;
  const server = createServer((request, response) => {
    const { status, body } = answer(request.url ?? '', isReady());
    response.writeHead(status, { 'Content-Type': 'application/json', 'Cache-Control': 'no-store' });
    response.end(JSON.stringify(body));
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
