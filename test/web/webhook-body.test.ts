import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { parseSecrets, sign } from '../../src/lib/signature';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { containing } from '../support/matchers';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { rawCall } from '../support/raw-http';
import { useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

const PATH = '/webhooks/applications';
const LIMIT = 64 * 1024;

/** Returns the headers of a signed delivery of these bytes. */
function signedBytes(body: Buffer): Record<string, string> {
  const [key] = parseSecrets(web.secret);
  if (!key) throw new Error('no secret');
  const id = `msg_${randomUUID()}`;
  const now = Math.floor(Date.now() / 1000);
  return {
    'Content-Type': 'application/json',
    'webhook-id': id,
    'webhook-timestamp': String(now),
    'webhook-signature': sign(key, id, now, body),
  };
}

function deliver(content: string | Buffer, headers: Record<string, string> = {}): Promise<Response> {
  const body = Buffer.from(content);
  return fetch(web.url + PATH, { method: 'POST', headers: { ...signedBytes(body), ...headers }, body });
}

/** Returns a valid event of this size, filled by an unknown field. */
function eventOfSize(bytes: number): Buffer {
  const bare = JSON.stringify({ ...applicationEvent(), filler: '' });
  return Buffer.from(bare.replace('"filler":""', `"filler":"${'x'.repeat(bytes - bare.length)}"`));
}

describe('a body that is not JSON in UTF-8 is 400', () => {
  it.each([
    '{',
    '',
    ' ',
    'hello',
    '{"id":1,}',
    "{'id':1}",
    '{"id":"\u0001"}',
    'NaN',
    '[1]]',
    '\u0000',
    '{}{}',
  ])('%j', async (body) => {
    await problemOf(await deliver(body), 400, 'MALFORMED');
  });

  it('JSON that is nested too deep to parse', async () => {
    const response = await deliver('['.repeat(60_000));
    await problemOf(response, 400, 'MALFORMED');
  });

  it('bytes that are not UTF-8', async () => {
    const event = Buffer.from(JSON.stringify(applicationEvent({ job_id: 'J@B' })));
    event[event.indexOf('@')] = 0xff;
    const { detail } = await problemOf(await deliver(event), 400, 'MALFORMED');
    expect(detail).toContain('UTF-8');
  });

  it('UTF-16', async () => {
    await problemOf(
      await deliver(Buffer.from(JSON.stringify(applicationEvent()), 'utf16le')),
      400,
      'MALFORMED',
    );
  });
});

it('accepts a byte order mark, which is part of the signed body', async () => {
  const body = `\ufeff${JSON.stringify(applicationEvent())}`;
  expect((await deliver(body)).status).toBe(202);
});

describe('JSON that is not an object is 422', () => {
  it.each(['null', '[]', '"text"', '1', 'true'])('%s', async (body) => {
    const problem = await problemOf(await deliver(body), 422, 'INVALID');
    expect(faults(problem)).toEqual([' NOT_AN_OBJECT']);
  });
});

describe('another content type is 415', () => {
  it.each([
    'text/plain',
    'application/x-www-form-urlencoded',
    'application/xml',
    'json',
    'multipart/form-data; boundary=x',
  ])('%s', async (type) => {
    const body = JSON.stringify(applicationEvent());
    await problemOf(await deliver(body, { 'Content-Type': type }), 415, 'NOT_JSON');
  });

  it('none at all', async () => {
    const body = JSON.stringify(applicationEvent());
    const all = Object.entries(signedBytes(Buffer.from(body)));
    const headers = Object.fromEntries(all.filter(([name]) => name !== 'Content-Type'));
    const answer = await rawCall(web.url, { method: 'POST', path: PATH, headers, body });
    expect(answer.status).toBe(415);
  });
});

it.each(['application/json; charset=utf-8', 'APPLICATION/JSON', 'application/vnd.ats+json'])(
  'accepts the content type %s',
  async (type) => {
    expect((await deliver(JSON.stringify(applicationEvent()), { 'Content-Type': type })).status).toBe(202);
  },
);

describe('size', () => {
  it('accepts exactly 64 KiB', async () => {
    const body = eventOfSize(LIMIT);
    expect(body).toHaveLength(LIMIT);
    expect((await deliver(body)).status).toBe(202);
  });

  it('refuses one byte more with 413', async () => {
    const { detail } = await problemOf(await deliver(eventOfSize(LIMIT + 1)), 413, 'TOO_LARGE');
    expect(detail).toContain('64 KiB');
  });

  it('accepts exactly 64 KiB in chunks', async () => {
    const body = eventOfSize(LIMIT);
    expect(
      (await rawCall(web.url, { method: 'POST', path: PATH, headers: signedBytes(body), body })).status,
    ).toBe(202);
  });

  it('refuses one byte more in chunks with 413', async () => {
    const body = eventOfSize(LIMIT + 1);
    const answer = await rawCall(web.url, { method: 'POST', path: PATH, headers: signedBytes(body), body });
    expect([answer.status, answer.headers['content-type']]).toEqual([413, containing('problem+json')]);
  });
});

describe('a compressed body', () => {
  it.each(['gzip', 'GZIP', 'deflate', 'br', 'zstd'])(
    '(%s) is 415, because a signature covers the bytes as sent',
    async (coding) => {
      const body = gzipSync(JSON.stringify(applicationEvent()));
      await problemOf(await deliver(body, { 'Content-Encoding': coding }), 415, 'NOT_JSON');
    },
  );

  it('with the coding "identity" is accepted', async () => {
    const body = JSON.stringify(applicationEvent());
    expect((await deliver(body, { 'Content-Encoding': 'identity' })).status).toBe(202);
  });
});
