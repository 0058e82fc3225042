import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { badBytes } from './bad-events';
import { headerText, JSON_TYPE, validBody, WEBHOOK, type Credentials, type Headers } from './parts';
import { wire, type WireRequest } from './wire';

const segment = fc.oneof(
  fc.string({ maxLength: 300 }).map((text) => encodeURIComponent(text.toWellFormed())),
  fc.constantFrom(
    '%',
    '%zz',
    '%00',
    '%ff',
    '%ED%A0%80',
    '..',
    '%2e%2e',
    '.',
    '%2F',
    '__proto__',
    'constructor',
    "'--",
  ),
  fc.constantFrom('a'.repeat(9000), randomUUID(), '-1', '1e9', '%F0%9F%8E%89', '%0d%0aX-Evil:%201'),
);
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS', 'PROPFIND', 'TRACE', 'LOCK'];
const ROOTS = [
  '/conversations',
  '/applications',
  '/events',
  '/webhooks/applications',
  '/livez',
  '/admin',
  '',
];

/** Random paths, methods and bodies, with or without a token that has every scope. */
export function oddPath({ token }: Credentials): fc.Arbitrary<WireRequest> {
  const parts = fc.record({
    method: fc.constantFrom(...METHODS),
    root: fc.constantFrom(...ROOTS),
    segments: fc.array(segment, { minLength: 1, maxLength: 4 }),
    body: fc.option(badBytes, { nil: undefined }),
    authentic: fc.boolean(),
  });
  return parts.map(({ method, root, segments, body, authentic }) => {
    const headers: Headers = [
      JSON_TYPE,
      ...(authentic ? [['Authorization', `Bearer ${token}`] as [string, string]] : []),
    ];
    const path = `${root}/${segments.join('/')}`;
    return wire({ kind: `odd path, ${method}`, method, path, headers, ...(body && { body }) });
  });
}

const PARAMETERS = [
  'status',
  'candidate_id',
  'job_id',
  'created_after',
  'order',
  'limit',
  'cursor',
  'after',
  'type',
  'reason',
];
const parameter = fc
  .tuple(
    fc.oneof(
      fc.constantFrom(...PARAMETERS),
      fc.constantFrom('__proto__', 'constructor', 'status[]', 'a[b][c]', '', '%', 'toString'),
    ),
    fc.oneof(
      segment,
      fc.constantFrom(
        '',
        '0',
        '201',
        '-1',
        '1e3',
        'NaN',
        'CREATED',
        'CREATED,,',
        'asc',
        '9999-12-31T23:59:60Z',
      ),
    ),
  )
  .map(([name, value]) => `${name}=${value}`);

/** Lists and the feed with random queries. */
export function oddQuery({ token }: Credentials): fc.Arbitrary<WireRequest> {
  return fc
    .tuple(
      fc.constantFrom('/conversations', '/applications', '/events'),
      fc.array(parameter, { minLength: 1, maxLength: 6 }),
    )
    .map(([path, query]) =>
      wire({
        kind: 'odd query',
        method: 'GET',
        path: `${path}?${query.join('&')}`,
        headers: [['Authorization', `Bearer ${token}`]],
      }),
    );
}

/** Random requests to the queue board for unknown jobs. Without `add`, which is valid with a good body. */
export function oddBoard({ token }: Credentials): fc.Arbitrary<WireRequest> {
  const authorization = `Basic ${Buffer.from(`me:${token}`).toString('base64')}`;
  const verbs = [
    '',
    'retry',
    'clean',
    'promote',
    'logs',
    'update-data',
    'retry/failed',
    'clean/completed',
    'metrics',
  ];
  return fc
    .record({
      method: fc.constantFrom('GET', 'PUT', 'POST', 'PATCH', 'HEAD'),
      queue: fc.oneof(segment, fc.constantFrom('push', 'applications')),
      job: segment,
      verb: fc.constantFrom(...verbs),
      body: fc.option(badBytes, { nil: undefined }),
    })
    .map(({ method, queue, job, verb, body }) => {
      const path = `/admin/queues/api/queues/${queue}/${job}/${verb}`;
      const headers: Headers = [JSON_TYPE, ['Authorization', authorization]];
      return wire({
        kind: `board, ${method}`,
        method,
        path,
        headers,
        ...(body && method !== 'GET' && { body }),
      });
    });
}

/** Random headers, on a request without credentials. */
export function oddHeaders(): fc.Arbitrary<WireRequest> {
  const name = fc.constantFrom(
    'X-Request-Id',
    'Accept',
    'Cookie',
    'X-Forwarded-For',
    'Host',
    'Origin',
    'Range',
    'Expect',
    'Authorization',
    'If-None-Match',
    '__proto__',
    'Upgrade',
  );
  const header = fc
    .tuple(name, fc.oneof(headerText, fc.string({ maxLength: 50 })))
    .map((pair): [string, string] => pair);
  return fc.tuple(fc.array(header, { maxLength: 40 }), fc.boolean()).map(([headers, large]) =>
    wire({
      kind: 'odd headers',
      path: WEBHOOK,
      headers: [...headers, ...(large ? [['X', 'x'.repeat(17_000)] as [string, string]] : [])],
      body: validBody(),
      cut: true,
    }),
  );
}

/** Bytes that are not HTTP, or only the beginning of a request. */
export function invalidHttp(): fc.Arbitrary<WireRequest> {
  const whole = wire({ kind: 'half', path: WEBHOOK, headers: [JSON_TYPE], body: validBody() }).bytes;
  return fc.oneof(
    fc
      .uint8Array({ minLength: 1, maxLength: 3000 })
      .map((bytes) => ({ kind: 'noise', bytes: Buffer.from(bytes), cut: true })),
    fc
      .nat({ max: whole.length - 1 })
      .map((end) => ({ kind: 'half', bytes: whole.subarray(0, end), cut: true })),
  );
}
