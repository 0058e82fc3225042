import fc from 'fast-check';
import * as yup from 'yup';
import { parseApplicationEvent } from '../../src/applications/application-event';
import { bodyWith, problems } from '../support/event-body';

const [PHONE, EMAIL] = ['/candidate/phone_number', '/candidate/email_address'];

describe(EMAIL, () => {
  it.each([
    'jane',
    'jane@',
    '@example.com',
    'jane doe@example.com',
    'jane@exa mple.com',
    'jane@example..com',
    'jane@@example.com',
    'a@b@c.com',
  ])('refuses %j', (value) => {
    expect(problems(bodyWith(EMAIL, value))).toEqual([`${EMAIL} INVALID_EMAIL`]);
  });

  const long = `${'a'.repeat(64)}@${['b', 'c', 'd', 'e'].map((letter) => letter.repeat(60)).join('.')}.com`;

  it.each(['j@e.co', 'jane.doe@example.com', 'jane+tag@sub.example.co.uk', "o'brien@example.com", long])(
    'accepts %s',
    (value) => {
      expect(parseApplicationEvent(bodyWith(EMAIL, value)).candidate.email_address).toBe(value);
    },
  );

  it('is trimmed', () => {
    const { candidate } = parseApplicationEvent(bodyWith(EMAIL, ' \u00a0jane@example.com\u3000'));
    expect(candidate.email_address).toBe('jane@example.com');
  });

  it('may have 320 characters after trimming', () => {
    const address = (length: number) => `${'x'.repeat(length - '@example.com'.length)}@example.com`;
    expect(problems(bodyWith(EMAIL, ` ${address(320)} `))).toEqual([]);
    expect(problems(bodyWith(EMAIL, address(321)))).toEqual([`${EMAIL} TOO_LONG`]);
  });

  it('accepts exactly the addresses that yup accepts', () => {
    const syntax = yup.string().email();
    const address = fc.oneof(
      fc.stringMatching(/^[\w.+-]{1,4}@?[a-z0-9.-]{0,6}@[a-z0-9.-]{0,8}$/),
      fc.emailAddress(),
    );
    fc.assert(
      fc.property(address, (value) => {
        expect(problems(bodyWith(EMAIL, value)).length === 0).toBe(syntax.isValidSync(value));
      }),
      { numRuns: 300 },
    );
  });
});

describe(PHONE, () => {
  it('is trimmed, and stored in E.164', () => {
    const { candidate } = parseApplicationEvent(bodyWith(PHONE, ' +1 (415) 555-2671\u3000'));
    expect(candidate.phone_number).toBe('+14155552671');
  });

  it('refuses a number that is not valid', () => {
    expect(problems(bodyWith(PHONE, '+1234567890'))).toEqual([`${PHONE} TOO_SHORT`]);
  });

  it('may have 64 characters after trimming, separators included', () => {
    expect(problems(bodyWith(PHONE, ` +1415555${' '.repeat(52)}2671 `))).toEqual([]);
    expect(problems(bodyWith(PHONE, `+1415555${' '.repeat(53)}2671`))).toEqual([`${PHONE} TOO_LONG`]);
  });
});
