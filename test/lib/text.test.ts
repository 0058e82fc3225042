import fc from 'fast-check';
import { characters, idRule, MAX_ID_LENGTH, checkText } from '../../src/lib/text';

describe('idFault', () => {
  it.each([
    '1',
    '-5',
    'a:b',
    'a/b',
    ' x ',
    '🎉'.repeat(MAX_ID_LENGTH),
    'e\u0301',
    '\u202e',
    '中',
    '%00',
    '\\',
  ])('takes %j', (id) => {
    expect(idRule(id)).toBeNull();
  });

  it.each([
    [undefined, 'REQUIRED'],
    [null, 'NOT_TEXT'],
    [1, 'NOT_TEXT'],
    [true, 'NOT_TEXT'],
    [{}, 'NOT_TEXT'],
    [['a'], 'NOT_TEXT'],
    ['', 'BLANK'],
    [' \u00a0\u3000', 'BLANK'],
    ['a\u0000', 'UNSTORABLE_CHARACTER'],
    ['a\nb', 'UNSTORABLE_CHARACTER'],
    ['a\tb', 'UNSTORABLE_CHARACTER'],
    ['\u007f', 'UNSTORABLE_CHARACTER'],
    ['\u0085', 'UNSTORABLE_CHARACTER'],
    ['\ud83d', 'UNSTORABLE_CHARACTER'],
    ['\udc00\ud83d', 'UNSTORABLE_CHARACTER'],
    ['a'.repeat(MAX_ID_LENGTH + 1), 'TOO_LONG'],
    ['🎉'.repeat(MAX_ID_LENGTH + 1), 'TOO_LONG'],
  ])('refuses %j as %s', (id, code) => {
    expect(idRule(id)?.code).toBe(code);
  });
});

it('counts length after trimming only where it trims', () => {
  const padded = `  ${'a'.repeat(200)}  `;
  expect(checkText(padded, { max: 200, trim: true })).toBeNull();
  expect(checkText(padded, { max: 200 })?.code).toBe('TOO_LONG');
});

it('says how long a text may be and how long it is', () => {
  expect(checkText('🎉🎉🎉', { max: 2 })?.detail).toBe('must have at most 2 characters, has 3');
});

it('counts characters as PostgreSQL does: one for each code point', () => {
  expect(characters('a🎉e\u0301')).toBe(4);
});

it('lets through nothing that PostgreSQL could not store, whatever the text', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      if (idRule(text) !== null) return;
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\0');
      expect(Buffer.from(text).toString()).toBe(text);
    }),
  );
});
