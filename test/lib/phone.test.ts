import fc from 'fast-check';
import { getExampleNumber, type CountryCode } from 'libphonenumber-js/max';
import examples from 'libphonenumber-js/examples.mobile.json';
import { parsePhone } from '../../src/lib/phone';

const numbers = (Object.keys(examples) as CountryCode[]).map((country) => {
  const number = getExampleNumber(country, examples);
  if (!number) throw new Error(`no example for ${country}`);
  return { country, e164: number.number, international: number.formatInternational() };
});

const codeOf = (text: string) => {
  const phone = parsePhone(text);
  return 'fault' in phone ? phone.fault.code : phone.e164;
};

it('knows examples of every country', () => {
  expect(numbers.length).toBeGreaterThan(240);
});

it.each(numbers)('takes the example number of $country, $e164', ({ e164 }) => {
  expect(parsePhone(e164)).toEqual({ e164 });
});

it.each(numbers)('takes it as people write it, $international', ({ e164, international }) => {
  expect(parsePhone(international)).toEqual({ e164 });
});

it.each([
  '+1 415 555 2671',
  '+1-415-555-2671',
  '+1.415.555.2671',
  '+1 (415) 555-2671',
  '+1 [415] 555-2671',
  '+ 14155552671',
  '+14155552671 ',
])('takes the separators of %j', (text) => {
  expect(codeOf(text)).toBe('+14155552671');
});

it.each([
  ['14155552671', 'MISSING_PLUS'],
  ['(415) 555-2671', 'MISSING_PLUS'],
  ['0014155552671', 'MISSING_PLUS'],
  [' +14155552671', 'MISSING_PLUS'],
  ['\uff0b14155552671', 'MISSING_PLUS'],
  ['tel:+14155552671', 'MISSING_PLUS'],
  ['+1415555CALL', 'LETTERS'],
  ['+jane', 'LETTERS'],
  ['+1415555267\u0661', 'INVALID_CHARACTER'],
  ['+14155552671 ext. 5', 'EXTENSION'],
  ['+14155552671x5', 'EXTENSION'],
  ['+14155552671#5', 'EXTENSION'],
  ['+14155552671;ext=5', 'EXTENSION'],
  ['+1/415/555/2671', 'INVALID_CHARACTER'],
  ['+1\u00a04155552671', 'INVALID_CHARACTER'],
  ['+1\u20114155552671', 'INVALID_CHARACTER'],
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
])('refuses %j: %s', (text, code) => {
  expect(codeOf(text)).toBe(code);
});

it('says in words what is wrong and what would be right', () => {
  expect(parsePhone('4155552671')).toEqual({
    fault: {
      code: 'MISSING_PLUS',
      detail: expect.stringMatching(/^must start with \+ .*\+14155552671$/) as string,
    },
  });
});

it('refuses a number that is too long for E.164 though its country knows it', () => {
  const long = ['+49', '+43'].flatMap((code) =>
    Array.from({ length: 8 }, (_, n) => code + '8'.repeat(8 + n)),
  );
  for (const text of long) {
    const phone = parsePhone(text);
    if ('e164' in phone) expect(phone.e164).toMatch(/^\+[1-9]\d{1,14}$/);
  }
});

it('gives E.164 that parses to itself, whatever was typed between the digits', () => {
  const separated = fc.tuple(
    fc.constantFrom(...numbers),
    fc.array(fc.constantFrom(' ', '-', '.', '(', ')', '')),
  );
  fc.assert(
    fc.property(separated, ([{ e164 }, separators]) => {
      const typed = Array.from(e164, (digit, at) => digit + (separators[at] ?? '')).join('');
      expect(parsePhone(typed)).toEqual({ e164 });
      expect(parsePhone(e164)).toEqual({ e164 });
    }),
  );
});

it('answers any text with a number in E.164 or with a fault, and never throws', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string({ unit: 'binary' }),
        fc.string().map((text) => `+${text}`),
      ),
      (text) => {
        const phone = parsePhone(text);
        if ('e164' in phone) expect(phone.e164).toMatch(/^\+[1-9]\d{1,14}$/);
        else expect(phone.fault.code).toMatch(/^[A-Z_0-9]+$/);
      },
    ),
    { numRuns: 1000 },
  );
});
