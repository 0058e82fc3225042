import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { ConvApiError, createClient, unwrap, type ConvClient } from '../../src/client';
import { createConversation } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { tokenFor, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** Starts a server that is not conv: it answers 502 to `/conversations`, and nothing to everything else. */
async function startProxy(): Promise<string> {
  const server = createServer((request, response) => {
    if (request.url !== '/conversations') return;
    response.writeHead(502, { 'Retry-After': '7', 'Content-Type': 'text/html' }).end('<h1>Bad Gateway</h1>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  atEnd(async () => {
    server.close().closeAllConnections();
    await once(server, 'close');
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

let client: ConvClient;
let proxy: string;

beforeAll(async () => {
  client = createClient(web);
  proxy = await startProxy();
});

async function rejection(call: Promise<unknown>): Promise<unknown> {
  return call.then(
    () => null,
    (error: unknown) => error,
  );
}

describe('unwrap', () => {
  it('returns the data of an answer', async () => {
    const id = await createConversation(stores);
    expect(await unwrap(client.GET('/conversations/{id}', { params: { path: { id } } }))).toMatchObject({
      id,
      status: 'CREATED',
    });
  });

  it('throws the problem of an error answer with the id of its request', async () => {
    const options = { params: { path: { id: 'nobody' } }, headers: { 'X-Request-Id': 'request-1' } };
    const error = await rejection(unwrap(client.GET('/candidates/{id}', options)));
    expect(error).toBeInstanceOf(ConvApiError);
    expect(error).toMatchObject({
      message: '404 Not found: there is no candidate "nobody"',
      status: 404,
      type: 'urn:conv:problem:not-found',
      detail: 'there is no candidate "nobody"',
      errors: [],
      requestId: 'request-1',
      retryAfter: null,
    });
  });

  it('throws the wrong fields of invalid input', async () => {
    const error = await rejection(unwrap(client.GET('/conversations', { params: { query: { limit: 0 } } })));
    expect(error).toMatchObject({ status: 422, errors: [{ pointer: '/limit', code: 'OUT_OF_RANGE' }] });
  });

  it('throws the missing scope', async () => {
    const token = await tokenFor(stores, 'applications:write');
    const error = await rejection(unwrap(createClient({ url: web.url, token }).GET('/conversations')));
    expect(error).toMatchObject({
      type: 'urn:conv:problem:forbidden',
      detail: expect.stringContaining('conversations:read') as unknown,
    });
  });

  it('throws what a proxy answered in place of conv', async () => {
    const error = await rejection(unwrap(createClient({ url: proxy }).GET('/conversations')));
    expect(error).toMatchObject({
      message: '502 Bad Gateway: <h1>Bad Gateway</h1>',
      type: 'about:blank',
      requestId: null,
      retryAfter: '7',
    });
  });
});

describe('createClient', () => {
  it('ends a call that gets no answer', async () => {
    const error = await rejection(createClient({ url: proxy, timeoutMs: 100 }).GET('/livez'));
    expect(error).toMatchObject({ name: 'TimeoutError' });
  });

  it.each(['conv.example.com', 'ftp://conv.example.com', ''])('refuses the address %p', (url) => {
    expect(() => createClient({ url })).toThrow(
      `invalid url ${JSON.stringify(url)}: expected one like http://127.0.0.1:3000`,
    );
  });

  it('refuses a token with a line end and does not show it', () => {
    expect(() => createClient({ url: web.url, token: 'conv_secret\n' })).toThrow(
      /^invalid token: expected conv_ and letters and digits, without spaces and line ends$/,
    );
  });
});
