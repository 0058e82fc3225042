import fc from 'fast-check';
import { toJobId } from '../../src/queue/job-id';
import { idRule } from '../../src/lib/text';

/** Any id that validation lets in, with many of those that are a trap for a queue. */
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

it('is another one for every other application id', () => {
  fc.assert(
    fc.property(anyId, anyId, (one, other) => {
      expect(toJobId(one) === toJobId(other)).toBe(one === other);
    }),
    { numRuns: 2000 },
  );
});

it('tells the application id that it was made of, so no two can share one', () => {
  const back = (jobId: string) => decodeURIComponent(jobId.slice('app.'.length).replaceAll('=', '%'));
  fc.assert(
    fc.property(anyId, (id) => {
      expect(back(toJobId(id))).toBe(id);
    }),
    { numRuns: 2000 },
  );
});

it('never looks like an integer and never holds a colon, a slash or a space', () => {
  fc.assert(
    fc.property(anyId, (id) => {
      expect(toJobId(id)).toMatch(/^app\.[A-Za-z0-9\-_.!~*'()=]+$/);
    }),
    { numRuns: 2000 },
  );
});

it('is readable for an ordinary id', () => {
  expect(toJobId('application-7')).toBe('app.application-7');
});

it.each([
  ['a:b', 'a=3Ab'],
  ['a=3Ab', 'a:b'],
  ['a%3Ab', 'a:b'],
  ['1', '01'],
  ['a', 'A'],
  ['é', 'e\u0301'],
])('tells %j from %j', (one, other) => {
  expect(toJobId(one)).not.toBe(toJobId(other));
});
