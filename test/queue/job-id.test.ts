import fc from 'fast-check';
import { toJobId } from '../../src/queue/job-id';
import { idRule } from '../../src/lib/text';

/** Ids that validation accepts, with many that are difficult for a queue. */
const anyId = fc
  .oneof(
    fc.string({ unit: 'binary', minLength: 1, maxLength: 60 }),
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 60 }),
    fc.integer().map(String),
    fc.string({
      unit: fc.constantFrom(':', '=', '%', '/', '.', '-', '0', '1', 'A', 'F', '3', 'a'),
      minLength: 1,
      maxLength: 8,
    }),
  )
  .filter((id) => idRule(id) === null);

it('differs for different application ids', () => {
  fc.assert(
    fc.property(anyId, anyId, (one, other) => {
      expect(toJobId(one) === toJobId(other)).toBe(one === other);
    }),
    { numRuns: 500 },
  );
});

it('can be decoded to its application id', () => {
  const decode = (jobId: string) => decodeURIComponent(jobId.slice('app.'.length).replaceAll('=', '%'));
  fc.assert(
    fc.property(anyId, (id) => {
      expect(decode(toJobId(id))).toBe(id);
    }),
    { numRuns: 500 },
  );
});

it('never looks like an integer and never holds a colon, a slash or a space', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      expect(toJobId(id)).toMatch(/^app\.[A-Za-z0-9\-_.!~*'()=]+$/);
    }),
    { numRuns: 500 },
  );
});

it('is readable for a simple id', () => {
  expect(toJobId('application-7')).toBe('app.application-7');
});

it.each([
  ['a:b', 'a=3Ab'],
  ['a=3Ab', 'a:b'],
  ['a%3Ab', 'a:b'],
  ['1', '01'],
  ['a', 'A'],
  ['é', 'e\u0301'],
])('differs for %j and %j', (one, other) => {
  expect(toJobId(one)).not.toBe(toJobId(other));
});
