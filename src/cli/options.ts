import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_LIMIT } from '../lists/page';
import { isStorable, parseDuration, parseInstant } from '../lib/time';
import { FORMATS } from './output';

/** Returns the values as a sentence names them: `A, B or C`. */
export function formatChoices(choices: readonly string[]): string {
  return choices.length < 2
    ? choices.join('')
    : `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
}

function findChoice<T extends string>(choices: readonly T[], value: string): T {
  const found = choices.find((choice) => choice.toLowerCase() === value.trim().toLowerCase());
  if (found === undefined) throw new InvalidArgumentError(`Expected ${formatChoices(choices)}.`);
  return found;
}

/** Returns a parser for one of these values, in upper or lower case. */
export function parseChoice<T extends string>(choices: readonly T[]) {
  return (value: string): T => findChoice(choices, value);
}

/** Returns a parser for an option that can be repeated or hold several values separated by commas; duplicates are dropped. */
export function parseChoices<T extends string>(choices: readonly T[]) {
  return (value: string, previous: readonly T[] | undefined): T[] => {
    const values = value.split(',').map((part) => findChoice(choices, part));
    return [...new Set([...(previous ?? []), ...values])];
  };
}

/** Parses a time in the past: a duration before now such as `24h`, or an ISO 8601 time. */
export function parseTime(value: string): Date {
  const duration = parseDuration(value);
  const time = duration === null ? parseInstant(value) : new Date(Date.now() - duration);
  if (!time || !isStorable(time))
    throw new InvalidArgumentError(
      'Expected a duration such as 24h, or a time such as 2026-01-31T09:30:00Z.',
    );
  return time;
}

/** Parses a time in the future: a duration from now such as `90d`, or an ISO 8601 time. */
export function parseFutureTime(value: string): Date {
  const duration = parseDuration(value);
  const time = duration === null ? parseInstant(value) : new Date(Date.now() + duration);
  if (!time || time <= new Date() || !isStorable(time))
    throw new InvalidArgumentError('Expected a duration such as 90d, or a future time such as 2030-01-31.');
  return time;
}

/** Parses a duration such as `30s` or `2m` into milliseconds. */
export function parseMilliseconds(value: string): number {
  const duration = parseDuration(value);
  if (duration === null) throw new InvalidArgumentError('Expected a duration such as 30s or 2m.');
  return duration;
}

/** Returns a parser for a whole number between `min` and `max`, both included. */
export function parseInteger(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max)
      throw new InvalidArgumentError(`Expected a whole number from ${min} to ${max}.`);
    return number;
  };
}

/** Parses a rate such as `100/s` into a number a second. */
export function parseRate(value: string): number {
  const [, number] = /^(\d{1,6})\/s$/.exec(value) ?? [];
  if (number === undefined || Number(number) === 0)
    throw new InvalidArgumentError('Expected a rate such as 100/s.');
  return Number(number);
}

/** Returns an option with one or more of these values; its help names them all. */
export function choicesOption(flags: string, description: string, choices: readonly string[]): Option {
  const help = `${description}: ${formatChoices(choices)}; separate several with commas`;
  return new Option(flags, help).argParser(parseChoices(choices));
}

/** Returns `--since`, which includes the time itself. */
export const sinceOption = (what: string) =>
  new Option('--since <time>', `Only ${what} at or after this time, for example 24h or 2026-01-31`).argParser(
    parseTime,
  );

/** Returns `--until`, which excludes the time itself, so that adjacent windows share no row. */
export const untilOption = (what: string) =>
  new Option('--until <time>', `Only ${what} before this time, for example 1h or 2026-02-28`).argParser(
    parseTime,
  );

export const limitOption = () =>
  new Option('--limit <n>', `Show at most this many (default: ${DEFAULT_LIMIT})`).argParser(
    parseInteger(1, 1_000_000),
  );

export const allOption = () => new Option('--all', 'Show all of them');

export const yesOption = () => new Option('--yes', 'Do not ask for confirmation');

export const outputOption = () =>
  new Option('-o, --output <format>', 'Output format').choices(FORMATS).default('table');
