import { parseApplicationEvent } from '../../src/applications/application-event';
import { bodyWith, problems } from '../support/event-body';
import { applicationEvent, CANDIDATE } from '../support/factories';

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
