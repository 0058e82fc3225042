import { parseApplicationEvent } from '../../src/applications/application-event';
import { ConvError } from '../../src/lib/errors';
import { applicationEvent, CANDIDATE } from '../support/factories';

type Json = Record<string, unknown>;

/** What is wrong with a body, as `pointer code` lines. */
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

/** A valid body in which one field, named by its pointer, is something else; undefined leaves it out. */
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

it('takes the event of the contract as it is', () => {
  const event = applicationEvent();
  expect(parseApplicationEvent(event)).toEqual(event);
});

describe.each(FIELDS)('%s', (pointer) => {
  it.each([[undefined], [null]])('is required, so %j is refused', (value) => {
    expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} REQUIRED`]);
  });

  it.each([[7], [true], [{}], [[]], [['text']]])('must be text, and %j is not made into it', (value) => {
    expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} NOT_TEXT`]);
  });

  it.each(['', ' ', '\u3000\u00a0'])('must not be blank (%j)', (value) => {
    expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} BLANK`]);
  });

  it.each(['\u0000', '\u0007', '\n', '\r', '\t', '\u007f', '\u0085', '\ud800', '\udfff', '\udc00\ud800'])(
    'refuses a character that is not storable (%j), wherever it stands',
    (character) => {
      for (const value of [character, `a${character}b`, `${character}b`, `a${character}`])
        expect(problems(bodyWith(pointer, value))).toEqual([`${pointer} UNSTORABLE_CHARACTER`]);
    },
  );
});

describe.each(IDS)('%s', (pointer) => {
  it.each(['x', '\u{1f600}', '\u00e9'])(
    'may have 255 characters (%s), counted as people count them',
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
  ])('is kept exactly as the sender chose it: %j', (id) => {
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

  it.each(['x', '\u{1f600}'])('may have 200 characters (%s) after trimming', (character) => {
    expect(problems(bodyWith(pointer, ` ${character.repeat(200)} `))).toEqual([]);
    expect(problems(bodyWith(pointer, character.repeat(201)))).toEqual([`${pointer} TOO_LONG`]);
  });

  it('is trimmed', () => {
    expect(nameOf(' \u00a0Jane Mary\u3000 ')).toBe('Jane Mary');
  });

  it.each(["O'Brien-\u015eim\u015fek", '\u5c71\u7530', '\u0645\u062d\u0645\u062f', 'X', '1'])(
    'may be of any script: %s',
    (name) => {
      expect(nameOf(name)).toBe(name);
    },
  );
});

describe(EMAIL, () => {
  it.each([
    'jane',
    'jane@',
    '@example.com',
    'jane doe@example.com',
    'jane@example..com',
    ' jane@example.com',
    'a@b@c.com',
  ])('refuses %j', (value) => {
    expect(problems(bodyWith(EMAIL, value))).toEqual([`${EMAIL} INVALID_EMAIL`]);
  });

  it.each(['jane.doe@example.com', 'jane+tag@sub.example.co.uk', "o'brien@example.com"])(
    'takes %s',
    (value) => {
      expect(parseApplicationEvent(bodyWith(EMAIL, value)).candidate.email_address).toBe(value);
    },
  );

  it('has at most 320 characters', () => {
    const address = (length: number) => `${'x'.repeat(length - '@example.com'.length)}@example.com`;
    expect(problems(bodyWith(EMAIL, address(320)))).toEqual([]);
    expect(problems(bodyWith(EMAIL, address(321)))).toEqual([`${EMAIL} TOO_LONG`]);
  });
});

it('says the same of a field that is null as of one that is missing', () => {
  for (const pointer of FIELDS) {
    const problem = { pointer, code: 'REQUIRED', detail: 'is required' };
    for (const value of [null, undefined])
      expect(() => parseApplicationEvent(bodyWith(pointer, value))).toThrow(
        expect.objectContaining({ problems: [problem] }) as Error,
      );
  }
});

it('refuses a phone number of more than 64 characters, however it is separated', () => {
  expect(problems(bodyWith(PHONE, `+1415555${' '.repeat(60)}2671`))).toEqual([`${PHONE} TOO_LONG`]);
});

describe('the whole body', () => {
  it.each([[null], ['text'], [7], [[]], [true]])('must be an object, not %j', (body) => {
    expect(problems(body)).toHaveLength(1);
    expect(problems(body)[0]).toMatch(/^ (NOT_AN_OBJECT|REQUIRED)$/);
  });

  it.each([[undefined], [null]])('needs a candidate, not %j', (value) => {
    expect(problems(bodyWith('/candidate', value))).toEqual(['/candidate REQUIRED']);
  });

  it.each([['Jane'], [7], [[]], [true]])('needs a candidate that is an object, not %j', (value) => {
    expect(problems(bodyWith('/candidate', value))).toEqual(['/candidate NOT_AN_OBJECT']);
  });

  it('is told of everything wrong at once', () => {
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

  it('is told of every field of an empty one', () => {
    expect(problems({ candidate: {} })).toEqual(FIELDS.map((pointer) => `${pointer} REQUIRED`).sort());
  });

  it('may hold unknown fields, which are ignored', () => {
    const event = applicationEvent();
    const body = { ...event, source: 'ats', candidate: { ...event.candidate, nickname: 'J' } };
    expect(parseApplicationEvent(body)).toEqual(event);
  });

  it('is not taken for valid by what its prototype holds', () => {
    const body = JSON.parse(
      '{"__proto__": {"id": "1", "job_id": "1", "candidate_id": "1"}, "candidate": {}}',
    ) as unknown;
    expect(problems(body)).toContain('/id REQUIRED');
  });
});
