import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { errorCode } from '../lib/errors';

/** Returns why the port cannot be listened on (`EADDRINUSE`, `EACCES`, …), or null if it can. */
function tryToListen(host: string, port: number): Promise<string | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error) => resolve(errorCode(error) ?? error.message));
    server.listen({ host, port, exclusive: true }, () => server.close(() => resolve(null)));
  });
}

/**
 * Returns a free port of 127.0.0.1. It is below the range that systems use for outgoing connections, because a store
 * that is restarted needs the same port again.
 */
export async function findFreePort(): Promise<number> {
  for (let attempt = 0; attempt < 100; attempt += 1) {
    const port = randomInt(20_000, 32_000);
    if ((await tryToListen('127.0.0.1', port)) === null) return port;
  }
  throw new Error('found no free port between 20000 and 32000 on 127.0.0.1');
}

/** @throws Error that says how to choose another port if this one cannot be listened on; 0 is always accepted */
export async function requireFreePort(host: string, port: number): Promise<void> {
  if (port === 0) return;
  const failure = await tryToListen(host, port);
  if (failure === null) return;
  const problem = failure === 'EADDRINUSE' ? 'is already in use' : `cannot be used (${failure})`;
  throw new Error(`port ${port} of ${host} ${problem}: set PORT to another port, or to 0 for a free one`);
}
