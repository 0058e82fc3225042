import fc from 'fast-check';
import { applicationEvent } from '../../support/factories';

const FIELDS = ['id', 'job_id', 'candidate_id', 'candidate'] as const;
const PERSONAL = ['phone_number', 'first_name', 'last_name', 'email_address'] as const;

/** Values that are invalid for every field. */
const badValue = fc.oneof(
  fc.constantFrom<unknown>(null, true, 0, -1, 1e308, [], {}, '', ' ', '\t', '\u0000', 'a\u0007', '\ud800', [
    ['a'],
  ]),
  fc.constantFrom<unknown>({ __proto__: null, toString: 'x' }, { length: 1 }, { $ne: null }, ['a', 'b']),
  fc.integer(),
  fc.string({ minLength: 400, maxLength: 3000 }),
);

/** An event with one field that is wrong or missing. */
const oneBadField: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...FIELDS), fc.option(badValue, { nil: undefined }))
  .map(([name, value]) => JSON.stringify({ ...applicationEvent(), [name]: value }));

const oneBadPersonalField: fc.Arbitrary<string> = fc
  .tuple(fc.constantFrom(...PERSONAL), fc.option(badValue, { nil: undefined }))
  .map(([name, value]) => {
    const event = applicationEvent();
    return JSON.stringify({ ...event, candidate: { ...event.candidate, [name]: value } });
  });

const badPhone = fc
  .oneof(
    fc.string({ maxLength: 70 }),
    fc.stringMatching(/^[0-9+().\- ]{1,64}$/).map((text) => `${text}x`),
    fc.constant('+1234567890'),
    fc.constant('+'.repeat(64)),
    fc.constant(`+1${'('.repeat(60)}`),
  )
  .filter((text) => !/^[+\d\s().-]*$/.test(text) || text.replace(/\D/g, '').length < 5)
  .map((phone_number) => {
    const event = applicationEvent();
    return JSON.stringify({ ...event, candidate: { ...event.candidate, phone_number } });
  });

const badEmail = fc
  .oneof(
    fc.string({ maxLength: 300 }).filter((text) => !text.includes('@')),
    fc.constantFrom(
      '@',
      'a@',
      '@b.c',
      `${'a'.repeat(300)}@`,
      'a@b@c',
      `${'a.'.repeat(140)}@`,
      `a@${'b-'.repeat(150)}`,
    ),
  )
  .map((email_address) => {
    const event = applicationEvent();
    return JSON.stringify({ ...event, candidate: { ...event.candidate, email_address } });
  });

/** Names of JavaScript's own properties as field names. */
const polluting = fc
  .constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'hasOwnProperty')
  .map((name) => `{"${name}":${JSON.stringify(applicationEvent())},"id":{"${name}":{"polluted":true}}}`);

const deep = fc.integer({ min: 2, max: 30_000 }).map((depth) => '['.repeat(depth) + ']'.repeat(depth));
const wide = fc
  .integer({ min: 1, max: 4000 })
  .map((count) => `{${Array.from({ length: count }, (_, n) => `"f${n}":${n}`).join(',')}}`);

const anyJson = fc.json({ maxDepth: 6 }).filter((text) => !text.includes('candidate_id'));

const truncated = fc.double({ min: 0, max: 0.99, noNaN: true }).map((share) =>
  JSON.stringify(applicationEvent())
    .slice(0, -1)
    .slice(0, Math.floor(share * 300)),
);

/** Bodies in JSON, or almost, that are not an application event. */
export const badText: fc.Arbitrary<string> = fc.oneof(
  oneBadField,
  oneBadPersonalField,
  badPhone,
  badEmail,
  polluting,
  deep,
  wide,
  anyJson,
  truncated,
  fc.string({ unit: 'binary', maxLength: 2000 }).filter((text) => !text.includes('candidate_id')),
);

/** A complete event in bytes that are not UTF-8, or after a NUL. */
const otherEncoding = fc
  .constantFrom<(text: string) => Buffer>(
    (text) => Buffer.from(text, 'utf16le'),
    (text) => Buffer.from(text.replace('Jane', 'J\u00e4ne'), 'latin1'),
    (text) => Buffer.concat([Buffer.from(text.slice(0, -1)), Buffer.from([0xff, 0x7d])]),
    (text) => Buffer.concat([Buffer.from([0x00]), Buffer.from(text)]),
  )
  .map((encode) => encode(JSON.stringify(applicationEvent())));

const noise = fc.uint8Array({ maxLength: 4000 }).map((bytes) => Buffer.from(bytes));

export const badBytes: fc.Arbitrary<Buffer> = fc.oneof(
  { weight: 6, arbitrary: badText.map((text) => Buffer.from(text)) },
  { weight: 1, arbitrary: otherEncoding },
  { weight: 1, arbitrary: noise },
);
