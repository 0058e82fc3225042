import { getEventListeners, once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { createClient, type ConvClient } from '../../src/client';
import { eventually } from '../support/eventually';

setFlagsFromString('--expose-gc');
const collectGarbage = runInNewContext('gc') as () => void;

/** Answers `/livez`, stops in the middle of the answer to `/metrics`, and answers nothing else. */
function createHangingServer(): Server {
  return createServer((request, response) => {
    if (request.url === '/livez') response.end('{"status":"ok"}');
    if (request.url === '/metrics') response.write('#');
  });
}

const server = createHangingServer();
let url: string;
let client: ConvClient;

beforeAll(async () => {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  client = createClient({ url, timeoutMs: 500 });
});

afterAll(async () => {
  server.close().closeAllConnections();
  await once(server, 'close');
});

/** Returns the name of a call's error, while garbage is collected all the time, as it is in a process with work. */
async function errorName(call: Promise<unknown>): Promise<string> {
  let name: string | undefined;
  call.catch((error: unknown) => (name = (error as Error).name));
  return eventually(() => {
    collectGarbage();
    return name;
  }, 10_000);
}

describe('a call of the client', () => {
  it('ends when it gets no answer', async () => {
    expect(await errorName(client.GET('/readyz'))).toBe('TimeoutError');
  });

  it('ends when its answer does not end', async () => {
    expect(await errorName(client.GET('/metrics', { parseAs: 'text' }))).toBe('TimeoutError');
  });

  it('ends when its signal aborts', async () => {
    const end = new AbortController();
    const name = errorName(createClient({ url }).GET('/readyz', { signal: end.signal }));
    collectGarbage();
    end.abort();
    expect(await name).toBe('AbortError');
  });

  it('does not start when its signal has aborted', async () => {
    expect(await errorName(client.GET('/livez', { signal: AbortSignal.abort() }))).toBe('AbortError');
  });

  it('leaves nothing at a signal that lasts longer', async () => {
    const end = new AbortController();
    for (let n = 0; n < 20; n++)
      await createClient({ url, timeoutMs: 60_000 }).GET('/livez', { signal: end.signal });
    await eventually(() => {
      collectGarbage();
      return getEventListeners(end.signal, 'abort').length === 0;
    }, 10_000);
  });
});
