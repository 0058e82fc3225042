import {
  displayWidth,
  escapeUnsafe,
  padEnd,
  shortenEnd,
  shortenMiddle,
  wrapText,
} from '../../src/cli/terminal-text';

it.each([
  ['a\u202eb', 'a\\u202eb'],
  ['\u001b[2J', '\\u001b[2J'],
  ['a\u0007\u009b', 'a\\u0007\\u009b'],
  ['\u2066x\u2069', '\\u2066x\\u2069'],
  ['a\u2028b', 'a\\u2028b'],
  ['two\nlines', 'two\nlines'],
  ['Zoë 李 👍', 'Zoë 李 👍'],
])('escapeUnsafe(%j) returns %j', (text, escaped) => {
  expect(escapeUnsafe(text)).toBe(escaped);
});

it.each([
  ['abc', 3],
  ['李娜', 4],
  ['e\u0301', 1],
  ['👍', 2],
])('displayWidth(%j) returns %i', (text, width) => {
  expect(displayWidth(text)).toBe(width);
});

it('padEnd counts cells, not characters', () => {
  expect(padEnd('李', 4)).toBe('李  ');
});

it.each([
  ['0198c0de-0000-7000-8000-00000000abcd', 13, '0198c0de…abcd'],
  ['application-3', 13, 'application-3'],
  ['application-3', 10, 'applic…n-3'],
  ['李李李李李李', 7, '李李…李'],
])('shortenMiddle(%j, %i) returns %j', (text, width, short) => {
  expect(shortenMiddle(text, width)).toBe(short);
});

it.each([
  ['the receiver answered 500', 12, 'the receive…'],
  ['short', 5, 'short'],
])('shortenEnd(%j, %i) returns %j', (text, width, short) => {
  expect(shortenEnd(text, width)).toBe(short);
});

it.each([
  ['abcdef', 4, ['abcd', 'ef']],
  ['ab\n\ncd', 4, ['ab', '', 'cd']],
  ['漢字漢', 4, ['漢字', '漢']],
  ['漢字', 1, ['漢', '字']],
])('wraps %j to lines of %i cells', (text, width, lines) => {
  expect(wrapText(text, width)).toEqual(lines);
});
