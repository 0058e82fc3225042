import fc from 'fast-check';
import { ConvError } from '../../src/lib/errors';
import { checkText } from '../../src/lib/text';
import { defineFields, oneOf, type Fields } from '../../src/lib/validation';

const textRule = (value: unknown) => checkText(value, { max: 5 });
const person = defineFields<{ id: string; name: { first: string; last: string } }>({
  id: textRule,
  name: defineFields<{ first: string; last: string }>({ first: textRule, last: textRule }),
});
const strict = defineFields<{ status: string }>(
  { status: oneOf(['CREATED', 'ONGOING', 'COMPLETED']) },
  { unknownFields: 'refuse' },
);

/** The problems of a value as `pointer CODE`, or none if it is valid. */
function problems(fields: Fields<unknown>, value: unknown): string[] {
  try {
    fields.parse(value);
    return [];
  } catch (error) {
    if (!(error instanceof ConvError) || !error.problems) throw error;
    return error.problems.map(({ pointer, code }) => `${pointer} ${code}`).sort();
  }
}

it('returns a valid value itself', () => {
  const value = { id: '1', name: { first: 'a', last: 'b' } };
  expect(person.parse(value)).toBe(value);
});

it('reports every problem at once, by JSON Pointer', () => {
  expect(problems(person, { id: 7, name: { first: 'too long', last: null } })).toEqual([
    '/id NOT_TEXT',
    '/name/first TOO_LONG',
    '/name/last REQUIRED',
  ]);
});

it.each([
  [undefined, 'REQUIRED'],
  [null, 'REQUIRED'],
  ['text', 'NOT_AN_OBJECT'],
  [[], 'NOT_AN_OBJECT'],
])('reports a nested object that is %j as %s', (name, code) => {
  expect(problems(person, { id: '1', name })).toEqual([`/name ${code}`]);
});

it.each([null, undefined, 'text', 7, true, []])('reports a whole value of %j as NOT_AN_OBJECT', (value) => {
  expect(problems(person, value)).toEqual([' NOT_AN_OBJECT']);
});

it('ignores unknown fields unless told to refuse them', () => {
  expect(problems(person, { id: '1', name: { first: 'a', last: 'b', more: 1 }, more: 1 })).toEqual([]);
  expect(problems(strict, { status: 'ONGOING', more: 1 })).toEqual(['/more UNKNOWN_FIELD']);
});

it('reports unknown fields beside wrong ones, with their names escaped', () => {
  expect(problems(strict, { status: 'x', 'a/b~c.d': 1, constructor: 2 })).toEqual([
    '/a~1b~0c.d UNKNOWN_FIELD',
    '/constructor UNKNOWN_FIELD',
    '/status UNKNOWN_VALUE',
  ]);
});

it('reads no field from the prototype', () => {
  expect(problems(strict, JSON.parse('{"__proto__":{"status":"ONGOING"}}'))).toEqual([
    '/__proto__ UNKNOWN_FIELD',
    '/status REQUIRED',
  ]);
});

it('names the value and the alternatives in the detail', () => {
  expect(() => strict.parse({ status: 'foo' })).toThrow(
    '/status: invalid value "foo": expected CREATED, ONGOING or COMPLETED',
  );
});

it('accepts or reports any JSON, and throws nothing else', () => {
  const near = fc.record(
    {
      id: fc.anything(),
      name: fc.oneof(fc.record({ first: fc.string(), last: fc.string() }), fc.anything()),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.oneof(near, fc.jsonValue()), (value) => {
      expect(problems(person, value).length === 0).toBe(person.isValid(value));
    }),
    { numRuns: 500 },
  );
});
