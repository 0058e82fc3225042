import { PushVerificationError, verifyPush, type PushHeaders } from '../../src/client';
import { createSecret, parseSecret, sign } from '../../src/lib/signature';

const secret = createSecret();
const event = { id: 'event-1', type: 'conversation.created', data: { candidate_id: 'Zoë' } };
const body = JSON.stringify(event);

/** Returns the headers of a push as workers sign it. */
function headersOf(at = Date.now(), key = secret): Record<string, string> {
  const timestamp = String(Math.floor(at / 1000));
  return {
    'webhook-id': event.id,
    'webhook-timestamp': timestamp,
    'webhook-signature': sign(parseSecret(key, 0), event.id, timestamp, Buffer.from(body)),
  };
}

describe('verifyPush', () => {
  it.each<[string, string | Uint8Array, PushHeaders]>([
    ['text, headers of Node', body, headersOf()],
    ['bytes, headers of fetch', Buffer.from(body), new Headers(headersOf())],
    ['an array of bytes', new TextEncoder().encode(body), headersOf()],
  ])('returns the event of an authentic push: %s', (_, rawBody, headers) => {
    expect(verifyPush(rawBody, headers, secret)).toStrictEqual(event);
  });

  it('accepts the old and the new secret during a rotation', () => {
    const [old, rotated] = [createSecret(), [secret, createSecret()]];
    expect(verifyPush(body, headersOf(), [old, ...rotated])).toStrictEqual(event);
  });

  it.each<[string, () => unknown, RegExp]>([
    [
      'a changed body',
      () => verifyPush(`${body} `, headersOf(), secret),
      /^No matching signature found: pass the bytes of the body as they were received, and the EVENTS_SECRET/,
    ],
    [
      'another secret',
      () => verifyPush(body, headersOf(Date.now(), createSecret()), secret),
      /^No matching signature found/,
    ],
    [
      'a push from six minutes ago',
      () => verifyPush(body, headersOf(Date.now() - 360_000), secret),
      /^Message timestamp too old: it is more than five minutes before this server's clock$/,
    ],
    [
      'a request without a signature',
      () => verifyPush(body, {}, secret),
      /^Missing required headers: expected webhook-id, webhook-timestamp and webhook-signature$/,
    ],
  ])('refuses %s', (_, verify, message) => {
    expect(verify).toThrow(PushVerificationError);
    expect(verify).toThrow(message);
  });

  it('says that the secret is none', () => {
    expect(() => verifyPush(body, headersOf(), '')).toThrow(
      /^invalid secret: expected whsec_ and base64, the EVENTS_SECRET of conv$/,
    );
  });
});
