import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { errorCode } from '../lib/errors';

/** Resolves to why nobody can listen there now (`EADDRINUSE`, `EACCES`, …), or null if one can. */
function listenFault(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorCode(error) ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * A port of 127.0.0.1 that is free now. Chosen below the range from which systems take the near end of outgoing
 * connections: a store's port must still be free when the store is started again on it.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < 100; tries += 1) {
    const port = randomInt(20_000, 32_000);
    if ((await listenFault('127.0.0.1', port)) === null) return port;
  }
  throw new Error('found no free port between 20000 and 32000 on 127.0.0.1');
}

/** @throws Error that names the remedy where the port cannot be listened on; 0 is always right. */
export async function requirePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const fault = await listenFault(host, port);
  if (fault === null) return;
  const what = fault === 'EADDRINUSE' ? 'is taken' : `cannot be used (${fault})`;
  throw new Error(`port ${port} of ${host} ${what}: set PORT to another, or to 0 for a free one`);
}
