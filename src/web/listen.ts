import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';
import type { State } from './context';
import { answerMalformedHttp, refuseInvalidHost } from './malformed-http';

/** Limits on connections and requests; times in milliseconds. Streams and long polls may go on longer than any of them. */
export interface HttpLimits {
  /** For the headers to arrive, also on a connection that has sent nothing yet. */
  headersTimeoutMs: number;
  /** For the whole request to arrive; a body has at most 64 KiB. */
  requestTimeoutMs: number;
  /** Between two requests. Longer than load balancers keep idle connections, which is 60 s. */
  keepAliveTimeoutMs: number;
  /** Without a byte in either direction: ends clients that do not read. Heartbeats and long polls are more frequent. */
  socketTimeoutMs: number;
  /** How often the first two are checked. */
  checkEveryMs: number;
  maxHeaderBytes: number;
  maxConnections: number;
}

export const HTTP_LIMITS: HttpLimits = {
  headersTimeoutMs: 10_000,
  requestTimeoutMs: 30_000,
  keepAliveTimeoutMs: 65_000,
  socketTimeoutMs: 120_000,
  checkEveryMs: 1000,
  maxHeaderBytes: 16_384,
  maxConnections: 10_000,
};

export interface WebServer {
  /** The address it listens on, with the real port if the configured one is 0. */
  url: string;
  /** Accepts no more connections and resolves when the running requests have ended. */
  close(): Promise<void>;
}

const ANY_ADDRESS = ['0.0.0.0', '::'];

function createLimitedServer(app: Koa<State>, limits: HttpLimits): Server {
  const handle = app.callback();
  const options = {
    headersTimeout: limits.headersTimeoutMs,
    requestTimeout: limits.requestTimeoutMs,
    keepAliveTimeout: limits.keepAliveTimeoutMs,
    connectionsCheckingInterval: limits.checkEveryMs,
    maxHeaderSize: limits.maxHeaderBytes,
    requireHostHeader: false, // Checked by refuseInvalidHost, which answers with a problem document.
  };
  const server = createServer(options, (request, response) => {
    // While the server closes, a client that keeps sending requests on one connection must not keep it open.
    if (!server.listening) response.setHeader('Connection', 'close');
    if (!refuseInvalidHost(request, response)) void handle(request, response);
  });
  server.maxConnections = limits.maxConnections;
  server.setTimeout(limits.socketTimeoutMs);
  answerMalformedHttp(server);
  return server;
}

function displayHost(host: string): string {
  if (ANY_ADDRESS.includes(host)) return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}

/**
 * Serves the application, with limits for slow, incomplete and malformed requests.
 * @throws Error that names the host and port if they cannot be used
 */
export async function listen(
  app: Koa<State>,
  port: number,
  host: string,
  limits: HttpLimits = HTTP_LIMITS,
): Promise<WebServer> {
  const server = createLimitedServer(app, limits);
  await new Promise<void>((resolve, reject) => {
    server.once('error', (error) =>
      reject(
        new Error(`cannot listen on ${host}:${port} (${error.message}): set PORT to a free port, or to 0`),
      ),
    );
    server.listen(port, host, resolve);
  });
  const address = server.address() as AddressInfo;
  return {
    url: `http://${displayHost(host)}:${address.port}`,
    close: () =>
      new Promise((resolve) => {
        server.keepAliveTimeout = 1; // Closes a connection as soon as its running request has ended.
        server.close(() => resolve());
        server.closeIdleConnections();
      }),
  };
}
