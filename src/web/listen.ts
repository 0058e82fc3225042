import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import { answerBrokenHttp, refuseWithoutHost } from './malformed-http';
import type { State } from './context';

/** How long and how much a connection may take before it is cut off, milliseconds. Answers that go on (streams, long polls) may. */
export interface HttpLimits {
  /** Until the headers are there; also for a connection on which nothing was sent yet. */
  headersMs: number;
  /** Until the body is there too: 64 KiB at most. */
  requestMs: number;
  /** Between two requests; longer than the minute after which load balancers close theirs. */
  idleMs: number;
  /** Nothing was sent either way; a stream's heartbeats and the longest poll are well within. Ends readers that do not read. */
  silenceMs: number;
  /** How often the first two are looked at. */
  lookEveryMs: number;
  headerBytes: number;
  connections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headersMs: 10_000,
  requestMs: 30_000,
  idleMs: 65_000,
  silenceMs: 120_000,
  lookEveryMs: 1000,
  headerBytes: 16_384,
  connections: 10_000,
};

export interface WebServer {
  /** Where it really listens: port 0 takes a free one. */
  url: string;
  /** Takes no more connections, lets running requests end, and ends idle connections. */
  close(): Promise<void>;
}

const ANY_ADDRESS = ['0.0.0.0', '::'];

function limitedServer(app: Koa<State>, limits: HttpLimits): Server {
  const handle = app.callback();
  const options = {
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    keepAliveTimeout: limits.idleMs,
    connectionsCheckingInterval: limits.lookEveryMs,
    maxHeaderSize: limits.headerBytes,
    requireHostHeader: false, // broken-http.ts does it, in words.
  };
  const server = createServer(options, (request, response) => {
    // A connection that a busy caller keeps would never be idle, and the closing server never at its end.
    if (!server.listening) response.setHeader('Connection', 'close');
    if (!refuseWithoutHost(request, response)) void handle(request, response);
  });
  server.maxConnections = limits.connections;
  server.setTimeout(limits.silenceMs);
  answerBrokenHttp(server);
  return server;
}

/**
 * Serves the application, and cuts off what is slow, half-sent or no HTTP.
 * @throws Error that names the port where it is taken or not allowed
 */
export async function listen(
  app: Koa<State>,
  port: number,
  host: string,
  limits: HttpLimits = HTTP_LIMITS,
): Promise<WebServer> {
  const server = limitedServer(app, limits);
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
        server.keepAliveTimeout = 1; // Whose answer ends from now on is not waited for either.
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
