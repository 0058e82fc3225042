import { InvalidArgumentError, Option } from 'commander';
import { isStorable, parseDuration, parseInstant } from '../lib/time';
import { FORMATS } from './output';

/** `-o`, on every command that prints data. */
export const outputOption = () =>
  new Option('-o, --output <format>', 'how to print').choices(FORMATS).default('table');

/** A flag that may be repeated or comma-separated, each value one of a few; case does not matter. */
export function severalOf<T extends string>(known: readonly T[]) {
  return (value: string, before: T[] | undefined): T[] => {
    const words = value.split(',').map((part) => {
      const word = known.find((one) => one.toLowerCase() === part.trim().toLowerCase());
      if (word === undefined) throw new InvalidArgumentError(`It knows ${known.join(', ')}.`);
      return word;
    });
    return [...(before ?? []), ...words];
  };
}

/** One of a few words; case does not matter. */
export function oneOf<T extends string>(known: readonly T[]) {
  return (value: string): T => {
    const [word] = severalOf(known)(value, undefined);
    if (word === undefined || value.includes(','))
      throw new InvalidArgumentError(`It is one of ${known.join(', ')}.`);
    return word;
  };
}

/** A moment: `24h` or `7d` ago, or ISO 8601. */
export function moment(value: string): Date {
  const ago = parseDuration(value);
  const date = ago === null ? parseInstant(value) : new Date(Date.now() - ago);
  if (!date || !isStorable(date))
    throw new InvalidArgumentError('Write 24h, 7d or an ISO time such as 2026-01-31T09:30:00Z.');
  return date;
}

/** A length of time from now, such as `90d`, as the moment when it ends. */
export function inFuture(value: string): Date {
  const ms = parseDuration(value);
  const date = ms === null ? parseInstant(value) : new Date(Date.now() + ms);
  if (!date || date <= new Date() || !isStorable(date))
    throw new InvalidArgumentError('Write a time to come: 90d, 12h or an ISO time.');
  return date;
}

/** A whole number within bounds. */
export function wholeNumber(min: number, max: number) {
  return (value: string): number => {
    const number = Number(value);
    if (!/^\d+$/.test(value) || number < min || number > max)
      throw new InvalidArgumentError(`Write a whole number from ${min} to ${max}.`);
    return number;
  };
}
