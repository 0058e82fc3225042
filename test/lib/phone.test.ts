import fc from 'fast-check';
import {
  getExampleNumber,
  parsePhoneNumberFromString,
  validatePhoneNumberLength,
  type CountryCode,
} from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/examples.mobile.json';
import { parsePhone, trailingDigits } from '../../src/lib/phone';

const numbers = (Object.keys(examples) as CountryCode[]).map((country) => {
  const number = getExampleNumber(country, examples);
  if (!number) throw new Error(`no example for ${country}`);
  return { country, e164: number.number, international: number.formatInternational() };
});

/** The number in E.164, or the code of the violation. */
function result(text: string): string {
  const phone = parsePhone(text);
  return 'violation' in phone ? phone.violation.code : phone.e164;
}

it('has an example number of every country', () => {
  expect(numbers.length).toBeGreaterThan(240);
});

it('accepts the example number of every country, in E.164 and as people write it', () => {
  for (const { country, e164, international } of numbers)
    expect([country, result(e164), result(international)]).toEqual([country, e164, e164]);
});

it.each([
  '+1 415 555 2671',
  '+1-415-555-2671',
  '+1.415.555.2671',
  '+1 (415) 555-2671',
  '+1 [415] 555-2671',
  '+ 14155552671',
  ' +14155552671 ',
  '\u3000+14155552671\u00a0',
])('accepts the separators of %j', (text) => {
  expect(result(text)).toBe('+14155552671');
});

it.each([
  ['no-break spaces', '+1\u00a0415\u202f555\u00a02671'],
  ['other Unicode spaces', '+1\u2002415\u2009555\u30002671'],
  ['zero-width spaces', '+1\u200b415\u2060555\u200b2671'],
  ['Unicode hyphens and dashes', '+1\u2010415\u2011555\u20122671'],
  ['en and em dashes', '+1\u2013415\u2014555\u20152671'],
  ['minus signs and soft hyphens', '+1\u2212415\u00ad555\u22122671'],
  ['fullwidth and small hyphens', '+1\uff0d415\ufe63555\uff0d2671'],
  ['fullwidth and small dots', '+1\uff0e415\ufe52555\uff0e2671'],
  ['middle dots', '+1\u00b7415\u00b7555\u00b72671'],
  ['fullwidth brackets', '+1\uff08415\uff09555\uff3b26\uff3d71'],
  ['small brackets', '+1\ufe59415\ufe5a5552671'],
])('accepts %s between digits', (_, text) => {
  expect(result(text)).toBe('+14155552671');
});

it.each([
  ['14155552671', 'MISSING_PLUS'],
  ['(415) 555-2671', 'MISSING_PLUS'],
  ['0014155552671', 'MISSING_PLUS'],
  ['\uff0b14155552671', 'MISSING_PLUS'],
  ['tel:+14155552671', 'MISSING_PLUS'],
  ['+1415555CALL', 'LETTERS'],
  ['+jane', 'LETTERS'],
  ['+1415555267\u0661', 'INVALID_CHARACTER'],
  ['+\u0661\u0664\u0661\u0665', 'INVALID_CHARACTER'],
  ['+14155552671 ext. 5', 'EXTENSION'],
  ['+14155552671x5', 'EXTENSION'],
  ['+14155552671#5', 'EXTENSION'],
  ['+14155552671;ext=5', 'EXTENSION'],
  ['+1/415/555/2671', 'INVALID_CHARACTER'],
  ['+1\uff14155552671', 'INVALID_CHARACTER'],
  ['+1{415}5552671', 'INVALID_CHARACTER'],
  ['+1\u30fc4155552671', 'LETTERS'],
  ['++14155552671', 'INVALID_CHARACTER'],
  ['+1415555267100', 'TOO_LONG'],
  ['+1+4155552671', 'INVALID_CHARACTER'],
  ['+1,4155552671', 'INVALID_CHARACTER'],
  ['+1_4155552671', 'INVALID_CHARACTER'],
  ['+99914155552671', 'INVALID_COUNTRY'],
  ['+04155552671', 'INVALID_COUNTRY'],
  ['+2101234567', 'INVALID_COUNTRY'],
  ['+', 'NOT_A_NUMBER'],
  ['+()', 'NOT_A_NUMBER'],
  ['+1', 'TOO_SHORT'],
  ['+1234567890', 'TOO_SHORT'],
  ['+1415555267', 'TOO_SHORT'],
  ['+141555526711', 'TOO_LONG'],
  ['+44770090012', 'INVALID_NUMBER'],
  ['+15555555555', 'INVALID_NUMBER'],
  ['+11234567890', 'INVALID_NUMBER'],
])('refuses %j as %s', (text, code) => {
  expect(result(text)).toBe(code);
});

it('explains the problem and gives an example', () => {
  expect(parsePhone('4155552671')).toEqual({
    violation: {
      code: 'MISSING_PLUS',
      detail: 'must start with + and the country code; expected a number such as +14155552671',
    },
  });
});

it('refuses a number that is too long for E.164 although its country uses it', () => {
  const german = '+49806329200002325';
  expect(parsePhoneNumberFromString(german)?.isValid()).toBe(true);
  expect(result(german)).toBe('TOO_LONG');
});

it('never finds a valid number with an invalid length, so the length needs no check before', () => {
  const digits = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.stringMatching(/^[0-9]{4,13}$/));
  fc.assert(
    fc.property(digits, ([code, rest]) => {
      const number = `+${code}${rest}`;
      if (parsePhoneNumberFromString(number)?.isValid())
        expect(validatePhoneNumberLength(number)).toBeUndefined();
    }),
    { numRuns: 500 },
  );
});

it('returns the same E.164 whatever separates the digits', () => {
  const separated = fc.tuple(
    fc.constantFrom(...numbers),
    fc.array(fc.constantFrom(' ', '-', '.', '(', ')', '\u00a0', '\u2011', '\uff0e', '')),
  );
  fc.assert(
    fc.property(separated, ([{ e164 }, separators]) => {
      const typed = Array.from(e164, (digit, at) => digit + (separators[at] ?? '')).join('');
      expect(parsePhone(typed)).toEqual({ e164 });
      expect(parsePhone(e164)).toEqual({ e164 });
    }),
  );
});

it('returns a number in E.164 or a violation for any text, and never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `+${text}`),
      ),
      (text) => {
        const phone = parsePhone(text);
        if ('e164' in phone) expect(phone.e164).toMatch(/^\+[1-9]\d{1,14}$/);
        else expect(phone.violation.code).toMatch(/^[A-Z_0-9]+$/);
      },
    ),
    { numRuns: 300 },
  );
});

describe('trailingDigits', () => {
  it.each([
    ['0171 / 123-45 67', '1711234567'],
    ['(415) 555-2671', '4155552671'],
    ['0049 (0)171 1234567', '491711234567'],
    [' 1234567 ', '1234567'],
    ['+1 555', null],
    ['0123456', null],
    ['1234567890123456', null],
    ['application-1234567', null],
    ['', null],
  ])('of %j are %j', (text, digits) => {
    expect(trailingDigits(text)).toBe(digits);
  });
});
