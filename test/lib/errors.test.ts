import { ConvError, errorCode, invalid, ERROR_KINDS, type ErrorCode } from '../../src/lib/errors';

it('takes status, title and retry from its code', () => {
  const error = new ConvError('NOT_FOUND', 'there is nothing');
  expect(error).toMatchObject({
    status: 404,
    title: 'Not found',
    retry: 'never',
    detail: 'there is nothing',
    headers: {},
  });
  expect(error.problems).toBeUndefined();
});

it('keeps its cause', () => {
  const cause = new Error('below');
  expect(new ConvError('INTERNAL', 'unforeseen', { cause }).cause).toBe(cause);
});

it('does not retry what the caller did wrong, but for what passes with time', () => {
  const codes = Object.keys(ERROR_KINDS) as ErrorCode[];
  const passing = [408, 429];
  const callers = codes.filter(
    (code) => ERROR_KINDS[code].status < 500 && !passing.includes(ERROR_KINDS[code].status),
  );
  expect(callers.length).toBeGreaterThan(0);
  expect(callers.filter((code) => ERROR_KINDS[code].retry !== 'never')).toEqual([]);
});

it('names each wrong field in one line', () => {
  const error = invalid([
    { pointer: '/candidate/phone_number', code: 'TOO_SHORT', detail: 'is too short' },
    { pointer: '', code: 'NOT_AN_OBJECT', detail: 'must be a JSON object' },
  ]);
  expect(error.detail).toBe('/candidate/phone_number: is too short; input: must be a JSON object');
  expect(error.problems).toHaveLength(2);
});

it.each([
  [Object.assign(new Error('x'), { code: 'ECONNREFUSED' }), 'ECONNREFUSED'],
  [new Error('x'), undefined],
  [{ code: 5 }, undefined],
  [null, undefined],
  ['ECONNREFUSED', undefined],
])('reads the code of %p', (error, code) => {
  expect(errorCode(error)).toBe(code);
});
