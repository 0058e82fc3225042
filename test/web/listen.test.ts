import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import Koa from 'koa';
import type { State } from '../../src/web/context';
import { listen } from '../../src/web/listen';
import { eventually } from '../support/eventually';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterAll(() => agent.destroy());

async function get(url: string): Promise<number | undefined> {
  const call = request(url, { agent }).end();
  const [response] = (await once(call, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

/** Sends requests on one kept connection until the server closes it. */
async function keepGetting(url: string, onResponse: () => void): Promise<void> {
  for (;;) {
    try {
      await get(url);
      onResponse();
    } catch {
      return;
    }
  }
}

it('closes although a client keeps sending requests on its connection', async () => {
  const app = new Koa<State>();
  let release = (): void => undefined;
  let requests = 0;
  app.use(async (ctx) => {
    requests += 1;
    if (requests === 1) await new Promise<void>((resolve) => (release = resolve));
    ctx.body = 'ok';
  });
  const server = await listen(app, 0, '127.0.0.1');
  let responses = 0;
  const client = keepGetting(server.url, () => (responses += 1));
  await eventually(() => requests === 1);
  const closing = server.close();
  release();
  await closing;
  await client;
  expect(responses).toBeGreaterThan(0); // The running request was answered.
});
