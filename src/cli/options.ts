import { InvalidArgumentError, Option } from 'commander';
import { DEFAULT_LIMIT } from '../lists/page';
import { isStorable, parseDuration, parseInstant } from '../lib/time';
import { usageError } from './exit-codes';
import { FORMATS, type Format } from './output';
import { knownColumns, type Resource } from './resources';

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

function parsePastTime(value: string, now: number): Date {
  const duration = parseDuration(value);
  const time = duration === null ? parseInstant(value) : new Date(now - duration);
  if (!time || !isStorable(time))
    throw new InvalidArgumentError(
      'Expected a duration such as 24h, or a time such as 2026-01-31T09:30:00Z.',
    );
  return time;
}

/** Parses a time in the past: a duration before now such as `24h`, or an ISO 8601 time. */
export function parseTime(value: string): Date {
  return parsePastTime(value, Date.now());
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

/** An option with one or more of `values`, which its help and the shell completion name. */
export class ChoicesOption extends Option {
  constructor(
    flags: string,
    description: string,
    readonly values: readonly string[],
  ) {
    super(flags, `${description}: ${formatChoices(values)}; separate several with commas`);
    this.argParser(parseChoices(values));
  }
}

/** Returns an option with one or more of these values; its help names them all. */
export function choicesOption(flags: string, description: string, choices: readonly string[]): Option {
  return new ChoicesOption(flags, description, choices);
}

/**
 * Returns `--since`, which includes the time itself.
 * @param now the time from which durations count, the same for both ends of a time window
 */
export const sinceOption = (what: string, now?: number) =>
  new Option('--since <time>', `Only ${what} at or after this time, for example 24h or 2026-01-31`).argParser(
    (value: string) => parsePastTime(value, now ?? Date.now()),
  );

/** Returns `--until`, which excludes the time itself, so that adjacent windows share no row. */
export const untilOption = (what: string, now?: number) =>
  new Option('--until <time>', `Only ${what} before this time, for example 1h or 2026-02-28`).argParser(
    (value: string) => parsePastTime(value, now ?? Date.now()),
  );

/** Throws ConvError INVALID (exit 2) for a time window that holds no time. */
export function assertTimeWindow({ since, until }: { since?: Date; until?: Date }): void {
  if (since && until && since >= until)
    throw usageError(
      `the time window is empty: --since ${since.toISOString()} is not before --until ${until.toISOString()}`,
    );
}

/** Throws ConvError INVALID (exit 2) for a format that cannot be printed without an end. */
export function assertEndless(flag: string, format: Format): void {
  if (format === 'json')
    throw usageError(`${flag} cannot print a json array, because it has no end: use -o ndjson`);
}

export const limitOption = () =>
  new Option('--limit <n>', `Show at most this many (default: ${DEFAULT_LIMIT})`).argParser(
    parseInteger(1, 1_000_000),
  );

export const allOption = () => new Option('--all', 'Show all of them').conflicts('limit');

/** Returns `--columns` for a list of this resource. */
export const columnsOption = (resource: Resource) =>
  new ChoicesOption('--columns <names>', 'Columns of table and csv', knownColumns(resource));

export const yesOption = () => new Option('--yes', 'Do not ask for confirmation');

export const outputOption = () =>
  new Option('-o, --output <format>', 'Output format').choices(FORMATS).default('table');
