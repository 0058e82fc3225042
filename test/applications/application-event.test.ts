import fc from 'fast-check';
import * as yup from 'yup';
import { parseApplicationEvent } from '../../src/applications/application-event';
import { ConvError } from '../../src/lib/errors';
import { applicationEvent, CANDIDATE } from '../support/factories';

type Json = Record<string, unknown>;

/** The problems of a body as `pointer CODE`, or none if it is valid. */
function problems(body: unknown): string[] {
  try {
    parseApplicationEvent(body);
  } catch (error) {
    if (error instanceof ConvError && error.code === 'INVALID')
      return (error.problems ?? []).map(({ pointer, code }) => `${pointer} ${code}`).sort();
    throw error;
  }
  return [];
}

/** A valid body in which one field, named by its pointer, has another value; undefined leaves it out. */
function bodyWith(pointer: string, value: unknown): Json {
  const body: Json = { ...applicationEvent(), candidate: { ...CANDIDATE } };
  const [, first = '', second] = pointer.split('/');
  const holder = second === undefined ? body : (body['candidate'] as Json);
  holder[second ?? first] = value;
  return JSON.parse(JSON.stringify(body)) as Json;
}

const IDS = ['/id', '/job_id', '/candidate_id'];
const NAMES = ['/candidate/first_name', '/candidate/last_name'];
const [PHONE, EMAIL] = ['/candidate/phone_number', '/candidate/email_address'];
const FIELDS = [...IDS, ...NAMES, PHONE, EMAIL];

it('returns a valid event as it is', () => {
  const event = applicationEvent();
  expect(parseApplicationEvent(event)).toEqual(event);
});

describe.each(FIELDS)('%s', (pointer) => {
  it.each([[undefined], [null]])('is required: %j is refused', (value) => {
    expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} REQUIRED`]);
  });

  it.each([[7], [true], [{}], [[]], [['text']]])('must be text: %j is refused, not converted', (value) => {
    expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} NOT_TEXT`]);
  });

  it.each(['', ' ', '\u3000\u00a0'])('must not be blank: %j', (value) => {
    expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} BLANK`]);
  });

  it.each(['\u0000', '\u0007', '\n', '\r', '\t', '\u007f', '\u0085', '\ud800', '\udfff', '\udc00\ud800'])(
    'refuses a control character or lone surrogate at any place: %j',
    (character) => {
      for (const value of [character, `a${character}b`, `${character}b`, `a${character}`])
        expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} UNSTORABLE_CHARACTER`]);
    },
  );
});

describe.each(IDS)('%s', (pointer) => {
  it.each(['x', '\u{1f600}', '\u00e9'])(
    'may have 255 characters, counted as code points: %s',
    (character) => {
      expect(problems(bodyWith(pointer, character.repeat(255)))).toEqual([]);
      expect(problems(bodyWith(pointer, character.repeat(256)))).toEqual([`${pointer} TOO_LONG`]);
    },
  );

  it.each([
    '7',
    '-5',
    '007',
    'a:b',
    'a:b:c',
    '../x/%2F',
    ' padded ',
    '\u4f60\u597d',
    '\ud83d\udc69\u200d\ud83d\ude80',
    'e\u0301',
    '...',
    '. ',
  ])('is kept exactly as sent: %j', (id) => {
    const { candidate, ...ids } = parseApplicationEvent(bodyWith(pointer, id));
    expect(ids).toHaveProperty(pointer.slice(1), id);
    expect(candidate).toEqual(CANDIDATE);
  });
});

describe.each(NAMES)('%s', (pointer) => {
  const nameOf = (value: string) => {
    const { first_name, last_name } = parseApplicationEvent(bodyWith(pointer, value)).candidate;
    return pointer.endsWith('first_name') ? first_name : last_name;
  };

  it.each(['x', '\u{1f600}'])('may have 200 characters after trimming: %s', (character) => {
    expect(problems(bodyWith(pointer, ` ${character.repeat(200)} `))).toEqual([]);
    expect(problems(bodyWith(pointer, character.repeat(201)))).toEqual([`${pointer} TOO_LONG`]);
  });

  it('is trimmed', () => {
    expect(nameOf(' \u00a0Jane Mary\u3000 ')).toBe('Jane Mary');
  });

  it.each([
    'X \u00c6 A-12',
    "O'Brien-\u015eim\u015fek",
    '\u5c71\u7530',
    '\u0645\u062d\u0645\u062f',
    'X',
    '1',
  ])('may be of any script: %s', (name) => {
    expect(nameOf(name)).toBe(name);
  });
});

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
      { numRuns: 1000 },
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

it('reports a field that is null like one that is missing', () => {
  for (const pointer of FIELDS) {
    const problem = { pointer, code: 'REQUIRED', detail: 'is required' };
    for (const value of [null, undefined])
      expect(() => parseApplicationEvent(bodyWith(pointer, value))).toThrow(
        expect.objectContaining({ problems: [problem] }) as Error,
      );
  }
});

describe('the body', () => {
  it.each([[null], ['text'], [7], [[]], [true]])('must be an object, not %j', (body) => {
    expect(problems(body)).toEqual([' NOT_AN_OBJECT']);
  });

  it.each([[undefined], [null]])('must have a candidate, not %j', (value) => {
    expect(problems(bodyWith('/candidate', value))).toEqual(['/candidate REQUIRED']);
  });

  it.each([['Jane'], [7], [[]], [true]])('must have a candidate that is an object, not %j', (value) => {
    expect(problems(bodyWith('/candidate', value))).toEqual(['/candidate NOT_AN_OBJECT']);
  });

  it('is refused with every problem at once', () => {
    const body = {
      id: '',
      candidate_id: 7,
      candidate: { phone_number: '+1234567890', first_name: null, last_name: '\u0000' },
    };
    expect(problems(body)).toEqual([
      '/candidate/email_address REQUIRED',
      '/candidate/first_name REQUIRED',
      '/candidate/last_name UNSTORABLE_CHARACTER',
      '/candidate/phone_number TOO_SHORT',
      '/candidate_id NOT_TEXT',
      '/id BLANK',
      '/job_id REQUIRED',
    ]);
  });

  it('is refused with every missing field', () => {
    expect(problems({ candidate: {} })).toEqual(FIELDS.map((pointer) => `${pointer} REQUIRED`).sort());
  });

  it('may have unknown fields, which are left out', () => {
    const event = applicationEvent();
    const body = { ...event, source: 'ats', candidate: { ...event.candidate, nickname: 'J' } };
    expect(parseApplicationEvent(body)).toEqual(event);
  });

  it('is not made valid by fields of its prototype', () => {
    const body = JSON.parse(
      '{"__proto__": {"id": "1", "job_id": "1", "candidate_id": "1"}, "candidate": {}}',
    ) as unknown;
    expect(problems(body)).toContain('/id REQUIRED');
  });
});
