import { parseRate } from '../../src/lib/rate';

it.each([
  ['1/s', { count: 1, seconds: 1 }],
  ['100/s', { count: 100, seconds: 1 }],
  ['6000/m', { count: 6000, seconds: 60 }],
  ['999999999/h', { count: 999_999_999, seconds: 3600 }],
])('parses %s', (text, rate) => {
  expect(parseRate(text)).toEqual(rate);
});

it.each([
  '',
  '100',
  '/s',
  '0/s',
  '-1/s',
  '1.5/s',
  '1e3/s',
  '01/s',
  '100/d',
  '100/S',
  '100 / s',
  '100/s ',
  '9999999999/s',
])('refuses %j', (text) => {
  expect(parseRate(text)).toBeNull();
});
