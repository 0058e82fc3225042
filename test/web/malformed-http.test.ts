import { EventEmitter, once } from 'node:events';
import { Readable } from 'node:stream';
import Koa from 'koa';
import type { State } from '../../src/web/context';
import { HTTP_LIMITS, listen, type WebServer } from '../../src/web/listen';
import { atEnd } from '../support/cleanup';
import { parseAnswer, rawConnection } from '../support/raw-socket';

/** Short timeouts, so that the tests need not wait for the real ones. */
const SHORT = {
  ...HTTP_LIMITS,
  headersTimeoutMs: 200,
  requestTimeoutMs: 400,
  keepAliveTimeoutMs: 200,
  checkEveryMs: 20,
};

const HEADERS = 'Host: localhost\r\nContent-Type: application/json\r\n';

/** Emits `closed` when the response of `/endless` is closed. */
const endless = new EventEmitter();

/** Responds with the length of the body; the response of `/endless` never ends. */
function createTestApp(): Koa<State> {
  const app = new Koa<State>();
  app.silent = true;
  app.use(async (ctx) => {
    if (ctx.path === '/endless') {
      ctx.res.once('close', () => endless.emit('closed'));
      ctx.body = Readable.from(
        (function* () {
          for (;;) yield 'x'.repeat(65_536);
        })(),
      );
      return;
    }
    let length = 0;
    for await (const chunk of ctx.req) length += (chunk as Buffer).length;
    ctx.body = { length };
  });
  return app;
}

const servers: WebServer[] = [];
let url: string;
async function serve(limits: typeof HTTP_LIMITS): Promise<string> {
  const server = await listen(createTestApp(), 0, '127.0.0.1', limits);
  servers.push(server);
  return server.url;
}
beforeAll(async () => {
  url = await serve(SHORT);
});
atEnd(() => Promise.all(servers.map((server) => server.close())));

async function sendRaw(text: string): Promise<ReturnType<typeof parseAnswer>> {
  const connection = await rawConnection(url);
  connection.socket.write(text);
  return parseAnswer(await connection.closed);
}

function expectProblem(answer: ReturnType<typeof parseAnswer>, status: number): void {
  expect(answer.status).toBe(status);
  expect(answer.headers.get('content-type')).toMatch(/^application\/problem\+json/);
  expect(answer.headers.get('connection')).toBe('close');
  const problem = JSON.parse(answer.body) as Record<string, unknown>;
  expect(problem).toMatchObject({ status, request_id: answer.headers.get('x-request-id') });
  expect(answer.body).not.toMatch(/HPE_|ERR_|parse|\.js|node/i);
}

describe('a request that does not arrive in time is 408, and its connection is closed', () => {
  it.each([
    ['nothing at all', ''],
    ['half a line', 'POST /webhooks'],
    ['half of its headers', `POST / HTTP/1.1\r\n${HEADERS}`],
    ['a body that stops', `POST / HTTP/1.1\r\n${HEADERS}Content-Length: 100\r\n\r\n{"id":`],
    ['chunks that stop', `POST / HTTP/1.1\r\n${HEADERS}Transfer-Encoding: chunked\r\n\r\n5\r\n{"id"`],
  ])('%s', async (_, text) => {
    expectProblem(await sendRaw(text), 408);
  });

  it('a header every 10 ms', async () => {
    const { socket, closed } = await rawConnection(url);
    socket.write('GET / HTTP/1.1\r\n');
    let n = 0;
    const drip = setInterval(() => socket.write(`X-${n++}: slowly\r\n`), 10);
    expectProblem(parseAnswer(await closed), 408);
    clearInterval(drip);
  });

  it('a byte of the body every 10 ms', async () => {
    const { socket, closed } = await rawConnection(url);
    socket.write(`POST / HTTP/1.1\r\n${HEADERS}Content-Length: 60000\r\n\r\n`);
    const drip = setInterval(() => socket.write('x'), 10);
    expectProblem(parseAnswer(await closed), 408);
    clearInterval(drip);
  });
});

it('closes a connection that is idle after a response', async () => {
  const { socket, closed } = await rawConnection(url);
  socket.write(`GET / HTTP/1.1\r\n${HEADERS}\r\n`);
  expect(parseAnswer(await closed)).toMatchObject({ status: 200, body: '{"length":0}' });
});

it('closes the connection of a client that does not read its response', async () => {
  const { socket } = await rawConnection(await serve({ ...SHORT, socketTimeoutMs: 200 }));
  const ended = once(endless, 'closed');
  socket.write(`GET /endless HTTP/1.1\r\n${HEADERS}\r\n`);
  await once(socket, 'data');
  socket.pause();
  await ended;
  socket.destroy();
});

describe('invalid HTTP is 400, and its connection is closed', () => {
  it.each([
    ['noise', '\u0000\u0001\u0002\r\n\r\n'],
    ['TLS', '\u0016\u0003\u0001\u0002\u0000\u0001\u0000\u0001\u00fc\u0003\u0003'],
    ['an unknown version', 'GET / HTTP/9.9\r\nHost: x\r\n\r\n'],
    ['an unknown method', 'FETCH / HTTP/1.1\r\nHost: x\r\n\r\n'],
    ['a header without a colon', 'GET / HTTP/1.1\r\nHost localhost\r\n\r\n'],
    ['a header with a line feed in its name', 'GET / HTTP/1.1\r\nHo\nst: x\r\n\r\n'],
    ['a length that is not a number', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: ten\r\n\r\n'],
    ['two lengths', 'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab'],
    [
      'a length and chunks, as for smuggling',
      'POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    ],
    ['a chunk without a size', 'POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n'],
    ['no Host', 'GET / HTTP/1.1\r\n\r\n'],
    ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nhost: b\r\n\r\n'],
    ['the same Host twice', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n'],
    ['two Hosts in HTTP/1.0', 'GET / HTTP/1.0\r\nHost: a\r\nHost: b\r\n\r\n'],
    ['the preface of HTTP/2', 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  ])('%s', async (_, text) => {
    expectProblem(await sendRaw(text), 400);
  });
});

it('accepts HTTP/1.0 without a Host', async () => {
  expect(await sendRaw('GET / HTTP/1.0\r\n\r\n')).toMatchObject({ status: 200 });
});

it('refuses headers that are too large with 431', async () => {
  expectProblem(await sendRaw(`GET / HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(20_000)}\r\n\r\n`), 431);
});

it('refuses an unknown expectation with 417', async () => {
  expectProblem(await sendRaw(`GET / HTTP/1.1\r\n${HEADERS}Expect: 200-ok\r\n\r\n`), 417);
});

it('closes connections above the limit', async () => {
  const small = await serve({ ...HTTP_LIMITS, maxConnections: 1 });
  const first = await rawConnection(small);
  first.socket.write(`POST / HTTP/1.1\r\n${HEADERS}Content-Length: 2\r\n\r\n{`);
  const second = await rawConnection(small);
  expect(await second.closed).toBe('');
  first.socket.write('}');
  await once(first.socket, 'data');
  expect(parseAnswer(first.received())).toMatchObject({ status: 200, body: '{"length":2}' });
  first.socket.destroy();
});
