import { randomUUID } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { sign } from '../../../src/lib/signature';
import { badBytes } from './bad-events';
import { headerText, JSON_TYPE, validBody, WEBHOOK, type Credentials, type Headers } from './parts';
import { wire, type WireRequest } from './wire';

function signed(key: Buffer, body: Buffer, seconds = Math.floor(Date.now() / 1000)): Headers {
  const id = randomUUID();
  return [
    ['webhook-id', id],
    ['webhook-timestamp', String(seconds)],
    ['webhook-signature', sign(key, id, seconds, body)],
  ];
}

/** Authentic requests whose body is not an application event. */
export function authenticWebhook({ key, token }: Credentials): fc.Arbitrary<WireRequest> {
  return fc.tuple(badBytes, fc.boolean()).map(([body, bySignature]) => {
    const proof: Headers = bySignature ? signed(key, body) : [['Authorization', `Bearer ${token}`]];
    return wire({ kind: 'authentic, not an event', path: WEBHOOK, headers: [JSON_TYPE, ...proof], body });
  });
}

/** Valid events without valid credentials. */
export function forgedWebhook({ key, otherKey }: Credentials): fc.Arbitrary<WireRequest> {
  const now = () => Math.floor(Date.now() / 1000);
  const forgeries: ((body: Buffer, text: string) => Headers)[] = [
    () => [],
    (body) => signed(otherKey, body),
    (body) => signed(key, Buffer.concat([body, Buffer.from(' ')])),
    (body) => signed(key, body, now() - 400),
    (body) => signed(key, body, now() + 400),
    (body) => signed(key, body).slice(0, 2),
    (body) => signed(key, body).slice(1),
    (body, text) => [...signed(key, body).slice(0, 2), ['webhook-signature', text]],
    (body, text) => [...signed(key, body).slice(0, 2), ['webhook-signature', `v1,${text}`]],
    (body) => [...signed(key, body).slice(0, 2), ['webhook-signature', 'v1,'.repeat(3000)]],
    (body) => [...signed(key, body).slice(0, 2), ['webhook-signature', `v1,${'A'.repeat(43)}= `.repeat(150)]],
    (body, text) => [
      ...signed(key, body).filter(([name]) => name !== 'webhook-timestamp'),
      ['webhook-timestamp', text],
    ],
    (_body, text) => [['Authorization', `Bearer ${text}x`]],
    () => [['Authorization', `Bearer conv_${randomUUID().replaceAll('-', '')}_abcdefghij`]],
    (_body, text) => [['Authorization', `Basic ${text}`]],
  ];
  return fc.tuple(fc.constantFrom(...forgeries), headerText).map(([forge, text]) => {
    const body = validBody();
    return wire({ kind: 'forged', path: WEBHOOK, headers: [JSON_TYPE, ...forge(body, text)], body });
  });
}

/** Authentic and valid events that are sent in a wrong way. */
export function wrongTransfer({ key, token }: Credentials): fc.Arbitrary<WireRequest> {
  const proof: Headers = [['Authorization', `Bearer ${token}`]];
  const types = [
    'text/plain',
    'application/xml',
    'json',
    'multipart/form-data; boundary=x',
    ';;;',
    'application/jsonx',
    '',
  ];
  const chunk = (body: Buffer, size: string) => `${size}\r\n${body.toString()}\r\n0\r\n\r\n`;
  const ways: ((body: Buffer, text: string) => WireRequest)[] = [
    (body, text) => {
      const type = types[text.length % types.length] ?? '';
      return wire({
        kind: 'type',
        path: WEBHOOK,
        headers: [['Content-Type', type], ...signed(key, body)],
        body,
      });
    },
    (body) => {
      const headers: Headers = [JSON_TYPE, ['Content-Encoding', 'gzip'], ...proof];
      return wire({ kind: 'gzip', path: WEBHOOK, headers, body: gzipSync(body) });
    },
    (body, text) =>
      wire({
        kind: 'encoding',
        path: WEBHOOK,
        headers: [JSON_TYPE, ['Content-Encoding', `x${text}`], ...proof],
        body,
      }),
    () =>
      wire({
        kind: 'too large',
        path: WEBHOOK,
        headers: [JSON_TYPE, ...proof],
        body: Buffer.alloc(65_537, 0x20),
      }),
    () =>
      wire({
        kind: 'Content-Length too large',
        path: WEBHOOK,
        headers: [JSON_TYPE, ...proof],
        body: '{',
        length: 1e9,
        cut: true,
      }),
    (body) =>
      wire({
        kind: 'shorter than Content-Length',
        path: WEBHOOK,
        headers: [JSON_TYPE, ...proof],
        body,
        length: body.length + 10,
        cut: true,
      }),
    (body) =>
      wire({
        kind: 'longer than Content-Length',
        path: WEBHOOK,
        headers: [JSON_TYPE, ...signed(key, body)],
        body,
        length: body.length - 5,
      }),
    (body, text) =>
      wire({
        kind: 'length',
        path: WEBHOOK,
        headers: [JSON_TYPE, ['Content-Length', text]],
        body,
        cut: true,
      }),
    (body) =>
      wire({
        kind: 'chunks without end',
        path: WEBHOOK,
        headers: [JSON_TYPE, ['Transfer-Encoding', 'chunked'], ...proof],
        body: chunk(body, 'ffffff'),
        cut: true,
      }),
    (body, text) =>
      wire({
        kind: 'chunks without size',
        path: WEBHOOK,
        headers: [JSON_TYPE, ['Transfer-Encoding', 'chunked'], ...proof],
        body: chunk(body, `z${text}`),
        cut: true,
      }),
    (body) =>
      wire({
        kind: 'length and chunks',
        path: WEBHOOK,
        headers: [JSON_TYPE, ['Transfer-Encoding', 'chunked'], ['Content-Length', '5'], ...proof],
        body: chunk(body, '5'),
        cut: true,
      }),
  ];
  return fc.tuple(fc.constantFrom(...ways), headerText).map(([way, text]) => way(validBody(), text));
}
