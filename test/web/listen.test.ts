import { once } from 'node:events';
import { Agent, request, type IncomingMessage } from 'node:http';
import Koa from 'koa';
import type { State } from '../../src/web/context';
import { listen } from '../../src/web/listen';
import { eventually } from '../support/eventually';

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
afterAll(() => agent.destroy());

async function ask(url: string): Promise<number | undefined> {
  const asked = request(url, { agent }).end();
  const [response] = (await once(asked, 'response')) as [IncomingMessage];
  response.resume();
  await once(response, 'end');
  return response.statusCode;
}

/** Asks again and again on one connection that it keeps, until nobody answers. */
async function askWithoutEnd(url: string, onAnswer: () => void): Promise<void> {
  for (;;) {
    try {
      await ask(url);
      onAnswer();
    } catch {
      return;
    }
  }
}

it('ends although a caller keeps its connection and goes on asking', async () => {
  const app = new Koa<State>();
  let release = (): void => undefined;
  let asked = 0;
  app.use(async (ctx) => {
    asked += 1;
    if (asked === 1) await new Promise<void>((resolve) => (release = resolve));
    ctx.body = 'here';
  });
  const server = await listen(app, 0, '127.0.0.1');
  let answers = 0;
  const asking = askWithoutEnd(server.url, () => (answers += 1));
  await eventually(() => asked === 1);
  const closing = server.close();
  release();
  await closing;
  await asking;
  expect(answers).toBeGreaterThan(0); // What was begun is answered.
});
