import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { basicAuth, post, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

/** An application whose ids are so long that its answer is compressed. */
const event = applicationEvent({
  id: 'é'.repeat(250),
  job_id: 'é'.repeat(251),
  candidate_id: 'é'.repeat(252),
});
let id: string;
beforeAll(async () => {
  id = await createConversation(stores, 'CREATED', event);
  await switchPushingOn(stores.database); // The queue board is short without the queue of pushes.
});

interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  /** As it was sent. */
  content: Buffer;
}

/** Sends a request as a client that decompresses nothing. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<Answer> {
  const authorization = path.startsWith('/admin')
    ? basicAuth(web.token)
    : { Authorization: `Bearer ${web.token}` };
  const sent = request(web.url + path, { method, agent: false, headers: { ...authorization, ...headers } });
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return {
    status: response.statusCode ?? 0,
    headers: response.headers,
    content: await buffer(response),
  };
}

const accept = (encoding: string) => ({ 'Accept-Encoding': encoding });
const related = () => `/conversations/${id}?include=candidate,application,events`;

const routes: [string, () => string | Promise<string>][] = [
  ['/conversations', () => '/conversations'],
  ['/conversations/{id}', related],
  ['/applications', () => '/applications'],
  ['/applications/{id}', () => `/applications/${encodeURIComponent(event.id)}`],
  ['/events', () => '/events'],
  ['/openapi.json', () => '/openapi.json'],
  ['/docs', () => '/docs'],
  [
    '/docs/assets/{file}',
    async () => /\/docs\/assets\/[^"]+/.exec(String((await ask('/docs')).content))?.[0] ?? '',
  ],
  ['/docs/guides/{name}', () => '/docs/guides/first-webhook'],
  ['/admin/queues', () => '/admin/queues'],
  ['/admin/queues/api/queues', () => '/admin/queues/api/queues'],
  ['/admin/find', () => '/admin/find?q=jane'],
  ['/admin/styles.css', () => '/admin/styles.css'],
];

describe.each(routes)('GET %s', (_, path) => {
  it.each([
    ['br', brotliDecompressSync],
    ['gzip', gunzipSync],
  ])('sends the same content with %s', async (encoding, decode) => {
    const { headers, content } = await ask(await path(), accept(encoding));
    expect([headers['content-encoding'], headers.vary]).toEqual([
      encoding,
      expect.stringContaining('Accept-Encoding'),
    ]);
    expect(headers['content-length']).toBe(String(content.length));
    expect(decode(content).toString()).toBe(String((await ask(await path())).content));
  });

  it('names the encoding and the length in the answer to HEAD too', async () => {
    const { headers } = await ask(await path(), accept('gzip'));
    const head = await ask(await path(), accept('gzip'), 'HEAD');
    expect([head.headers['content-encoding'], head.headers['content-length'], head.content.length]).toEqual([
      'gzip',
      headers['content-length'],
      0,
    ]);
  });
});

it('compresses GET /metrics', async () => {
  const { headers, content } = await ask('/metrics', accept('gzip'));
  expect([headers['content-encoding'], gunzipSync(content).toString()]).toEqual([
    'gzip',
    expect.stringContaining('# TYPE conv_'),
  ]);
});

it.each([
  ['gzip, deflate, br', 'br'],
  ['gzip;q=0.5, *;q=0', 'gzip'],
  ['*', 'br'],
  ['identity, gzip;q=0.5', undefined],
  ['gzip;q=0, br;q=0', undefined],
  ['deflate', undefined],
  ['', undefined],
])('answers "Accept-Encoding: %s" with %s', async (wanted, encoding) => {
  expect((await ask('/openapi.json', accept(wanted))).headers['content-encoding']).toBe(encoding);
});

it('leaves short answers as they are', async () => {
  const { headers } = await ask('/conversations?status=COMPLETED', accept('gzip'));
  expect([headers['content-encoding'], headers.vary]).toEqual([undefined, 'Accept-Encoding']);
});

it('does not compress server-sent events', async () => {
  const headers = { Authorization: `Bearer ${web.token}`, Accept: 'text/event-stream', ...accept('gzip') };
  const end = new AbortController();
  const response = await fetch(`${web.url}/events`, { headers, signal: end.signal });
  end.abort();
  expect([response.headers.get('Content-Encoding'), response.headers.get('Vary')]).toEqual([
    null,
    'Accept, Accept-Encoding',
  ]);
});

it.each([
  ['cross-site', undefined],
  ['same-site', undefined],
  ['same-origin', 'gzip'],
  ['none', 'gzip'],
])('answers a request that is %s with %s', async (site, encoding) => {
  const { headers } = await ask('/admin/find?q=jane', { ...accept('gzip'), 'Sec-Fetch-Site': site });
  expect(headers['content-encoding']).toBe(encoding);
});

it('does not touch the answer to a sender', async () => {
  const response = await post(web, applicationEvent(), accept('gzip'));
  expect([response.status, response.headers.get('Vary')]).toEqual([202, null]);
});

describe('the ETag of a compressed answer', () => {
  const tagOf = async (encoding: string) => String((await ask(related(), accept(encoding))).headers.etag);

  it('is the weak form of the uncompressed one', async () => {
    expect(await tagOf('gzip')).toBe(`W/${await tagOf('identity')}`);
  });

  it('is answered with itself and 304 in If-None-Match', async () => {
    const tag = await tagOf('gzip');
    const { status, headers } = await ask(related(), { ...accept('gzip'), 'If-None-Match': tag });
    expect([status, headers.etag, headers.vary]).toEqual([304, tag, 'Accept-Encoding']);
  });

  it('moves the conversation in If-Match, once', async () => {
    const headers = { Authorization: `Bearer ${web.token}`, 'Content-Type': 'application/json' };
    const tag = await tagOf('gzip');
    const move = async (status: string) =>
      await fetch(`${web.url}/conversations/${id}`, {
        method: 'PATCH',
        headers: { ...headers, 'If-Match': tag },
        body: JSON.stringify({ status }),
      });
    expect([(await move('ONGOING')).status, (await move('COMPLETED')).status]).toEqual([200, 412]);
  });
});
