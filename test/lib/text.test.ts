import fc from 'fast-check';
import { characters, idRule, MAX_ID_LENGTH, checkText } from '../../src/lib/text';

describe('idRule', () => {
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
    '...',
    ' .',
    './',
  ])('accepts %j', (id) => {
    expect(idRule(id)).toBeNull();
  });

  it.each([
    [undefined, 'REQUIRED'],
    [null, 'REQUIRED'],
    [1, 'NOT_TEXT'],
    [true, 'NOT_TEXT'],
    [{}, 'NOT_TEXT'],
    [['a'], 'NOT_TEXT'],
    ['', 'BLANK'],
    ['.', 'RESERVED_ID'],
    ['..', 'RESERVED_ID'],
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

it('counts the length after trimming only if it trims', () => {
  const padded = `  ${'a'.repeat(200)}  `;
  expect(checkText(padded, { max: 200, trim: true })).toBeNull();
  expect(checkText(padded, { max: 200 })?.code).toBe('TOO_LONG');
});

it('names the limit and the length of a text that is too long', () => {
  expect(checkText('🎉🎉🎉', { max: 2 })?.detail).toBe('must have at most 2 characters, has 3');
});

it('counts characters as PostgreSQL does: one for each code point', () => {
  expect(characters('a🎉e\u0301')).toBe(4);
});

it('accepts only text that PostgreSQL can store', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
      if (idRule(text) !== null) return;
      expect(text.isWellFormed()).toBe(true);
      expect(text).not.toContain('\0');
      expect(Buffer.from(text).toString()).toBe(text);
    }),
  );
});
