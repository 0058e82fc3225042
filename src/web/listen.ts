import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import type { State } from './context';

export interface WebServer {
  /** Where it really listens: port 0 takes a free one. */
  url: string;
  /** Takes no more connections, lets running requests end, and ends idle connections. */
  close(): Promise<void>;
}

const ANY_ADDRESS = ['0.0.0.0', '::'];

/**
 * Serves the application.
 * @throws Error that names the port where it is taken or not allowed
 */
export async function listen(app: Koa<State>, port: number, host: string): Promise<WebServer> {
  const handle = app.callback();
  const server = createServer((request, response) => {
    void handle(request, response);
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(`cannot listen on ${host}:${port} (${error.message}); set PORT to a free one, or to 0`),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  const shown = ANY_ADDRESS.includes(host) ? 'localhost' : host.includes(':') ? `[${host}]` : host;
  return {
    url: `http://${shown}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
