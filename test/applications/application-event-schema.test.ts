import fc from 'fast-check';
import { parsePhoneNumberFromString, validatePhoneNumberLength } from 'libphonenumber-js/max';
import { parseApplicationEvent, passesSchema } from '../../src/applications/application-event';
import { ConvError } from '../../src/lib/errors';
import { applicationEvent, CANDIDATE } from '../support/factories';

/** Texts on both sides of every limit, and texts of every kind. */
const text = fc.oneof(
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.string({ unit: 'binary', maxLength: 6 }),
  fc.constantFrom('', ' ', '\u0000', '\ud800', 'a\tb', '7', 'a:b'),
  fc
    .tuple(fc.constantFrom('x', '\u{1f600}', ' '), fc.constantFrom(199, 200, 201, 255, 256, 320, 321))
    .map(([c, n]) => c.repeat(n)),
);
const phone = fc.oneof(
  fc.constantFrom(
    '+14155552671',
    '+1 (415) 555-2671',
    '+1234567890',
    '14155552671',
    '+33612345678',
    '+999123',
    '+1415555267x1',
  ),
  fc
    .tuple(fc.constantFrom('+1', '+33', '+44', '+49', '+7', '+'), fc.stringMatching(/^[0-9 ().-]{0,14}$/))
    .map((parts) => parts.join('')),
);
const email = fc.oneof(
  fc.emailAddress(),
  fc.constantFrom('a@b', 'jane@example.com', 'jane@@example.com', 'jane', 'é@example.com'),
);
const anything = fc.oneof(text, phone, email, fc.jsonValue({ maxDepth: 1 }), fc.constant(undefined));

/** Mostly a valid event in which a few fields are something else. */
const candidate = fc.record(
  { phone_number: phone, first_name: text, last_name: text, email_address: email },
  { requiredKeys: [] },
);
const fields = fc.record(
  {
    id: text,
    job_id: anything,
    candidate_id: anything,
    candidate: fc.oneof(
      candidate.map((own) => ({ ...CANDIDATE, ...own })),
      anything,
    ),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(
  { weight: 20, arbitrary: fields.map((own) => ({ ...applicationEvent(), ...own })) },
  {
    weight: 5,
    arbitrary: candidate.map((own) => ({ ...applicationEvent(), candidate: { ...CANDIDATE, ...own } })),
  },
  { weight: 1, arbitrary: fc.jsonValue() },
);

function accepted(value: unknown): boolean {
  try {
    parseApplicationEvent(value);
    return true;
  } catch (error) {
    if (error instanceof ConvError && error.code === 'INVALID') return false;
    throw error;
  }
}

it('accepts what the schema accepts, and nothing else', () => {
  const verdicts = { accepted: 0, refused: 0 };
  fc.assert(
    fc.property(body, (value) => {
      const right = passesSchema(value);
      verdicts[right ? 'accepted' : 'refused'] += 1;
      expect(accepted(value)).toBe(right);
    }),
    { numRuns: 5000 },
  );
  // Else the property would say little.
  expect(verdicts.accepted).toBeGreaterThan(200);
  expect(verdicts.refused).toBeGreaterThan(200);
});

it('knows an ordinary email address by a part of what yup takes', () => {
  const near = fc.stringMatching(/^[\w.+-]{0,4}@?[a-z0-9.-]{0,6}@[a-z0-9.-]{0,8}$/);
  fc.assert(
    fc.property(near, (email_address) => {
      const value = { ...applicationEvent(), candidate: { ...CANDIDATE, email_address } };
      expect(accepted(value)).toBe(passesSchema(value));
    }),
    { numRuns: 5000 },
  );
});

it('needs to ask for the length of no number that is valid', () => {
  const digits = fc.tuple(fc.integer({ min: 1, max: 999 }), fc.stringMatching(/^[0-9]{4,13}$/));
  fc.assert(
    fc.property(digits, ([code, rest]) => {
      const number = `+${code}${rest}`;
      if (parsePhoneNumberFromString(number)?.isValid())
        expect(validatePhoneNumberLength(number)).toBeUndefined();
    }),
    { numRuns: 20_000 },
  );
});
