import { InvalidArgumentError } from 'commander';
import {
  formatChoices,
  parseChoice,
  parseChoices,
  parseFutureTime,
  parseInteger,
  parseTime,
} from '../../src/cli/options';

const COLORS = ['RED', 'GREEN', 'BLUE'] as const;
const NOW = new Date('2026-03-01T12:00:00Z');

beforeAll(() => jest.useFakeTimers({ now: NOW }));
afterAll(() => jest.useRealTimers());

it.each([
  [[], ''],
  [['A'], 'A'],
  [['A', 'B'], 'A or B'],
  [['A', 'B', 'C'], 'A, B or C'],
])('formatChoices(%j) returns %j', (choices, text) => {
  expect(formatChoices(choices)).toBe(text);
});

it('parseChoice accepts upper and lower case', () => {
  expect(parseChoice(COLORS)(' green ')).toBe('GREEN');
});

it.each(['', 'PINK', 'RED,GREEN', 'RE'])('parseChoice refuses %j and names the choices', (value) => {
  expect(() => parseChoice(COLORS)(value)).toThrow('Expected RED, GREEN or BLUE.');
});

it('parseChoices accepts commas and repetition, and drops duplicates', () => {
  const parse = parseChoices(COLORS);
  expect(parse('red, blue,RED', undefined)).toEqual(['RED', 'BLUE']);
  expect(parse('blue,green', ['RED', 'BLUE'])).toEqual(['RED', 'BLUE', 'GREEN']);
});

it.each(['', 'PINK', 'RED,', ',', 'RED PINK'])('parseChoices refuses %j and names the choices', (value) => {
  expect(() => parseChoices(COLORS)(value, undefined)).toThrow('Expected RED, GREEN or BLUE.');
});

it.each([
  ['24h', '2026-02-28T12:00:00.000Z'],
  ['2w', '2026-02-15T12:00:00.000Z'],
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T09:30:00+02:00', '2026-01-31T07:30:00.000Z'],
  ['0001-01-01', '0001-01-01T00:00:00.000Z'],
  ['9999-12-31T23:59:59Z', '9999-12-31T23:59:59.000Z'],
])('parseTime(%j) returns %s', (value, time) => {
  expect(parseTime(value).toISOString()).toBe(time);
});

it.each(['', 'yesterday', '24', '24 h', '-1h', '2026-02-31', '2026-01-31T09:30', '999999w'])(
  'parseTime refuses %j and shows an example',
  (value) => {
    expect(() => parseTime(value)).toThrow(/24h.*2026-01-31T09:30:00Z/);
  },
);

it.each([
  ['90d', '2026-05-30T12:00:00.000Z'],
  ['2999-01-31T00:00:00Z', '2999-01-31T00:00:00.000Z'],
])('parseFutureTime(%j) returns %s', (value, time) => {
  expect(parseFutureTime(value).toISOString()).toBe(time);
});

it.each(['', 'soon', '0s', '2001-01-01', '999999w'])(
  'parseFutureTime refuses %j and shows an example',
  (value) => {
    expect(() => parseFutureTime(value)).toThrow(/90d.*2030-01-31/);
  },
);

it.each([
  ['0', 0],
  ['5', 5],
  ['10', 10],
])('parseInteger(0, 10) accepts %j', (value, number) => {
  expect(parseInteger(0, 10)(value)).toBe(number);
});

it.each(['', 'ten', '-1', '11', '1.5', '1e1', ' 1', '0x1'])(
  'parseInteger(0, 10) refuses %j and names the bounds',
  (value) => {
    expect(() => parseInteger(0, 10)(value)).toThrow(
      new InvalidArgumentError('Expected a whole number from 0 to 10.'),
    );
  },
);
