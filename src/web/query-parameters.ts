import { parse } from 'node:querystring';
import { DEFAULT_LIMIT, MAX_LIMIT, type Order } from '../lists/page';
import { listAlternatives, quote, type Violation } from '../lib/text';
import { parseInstant } from '../lib/time';
import { defineFields, oneOf, type Rule } from '../lib/validation';

type RawParameter = string | string[] | undefined;

/** One query parameter: the rule for its raw value, and how to convert a valid one. */
export interface Parameter<T> {
  readonly rule: Rule;
  readonly convert: (raw: RawParameter) => T;
}

type Values<P> = { [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never };

/** A lone surrogate, which no UTF-8 decodes to: it marks a value whose percent-encoding is wrong. */
const UNDECODABLE = '\ud800';

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return UNDECODABLE; // The parameter's rule reports it.
  }
}

/**
 * Declares the parameters of a query; others are refused. Text that is not percent-encoded UTF-8 is refused too: Koa's own
 * `ctx.query` would replace it with U+FFFD.
 * @returns a function that reads them from a query string, or throws ConvError INVALID with every problem
 */
export function defineQuery<P extends Readonly<Record<string, Parameter<unknown>>>>(
  parameters: P,
): (querystring: string, overrides?: Readonly<Record<string, string>>) => Values<P> {
  const entries = Object.entries(parameters);
  const rules = Object.fromEntries(entries.map(([name, { rule }]) => [name, rule]));
  const fields = defineFields<Record<string, RawParameter>>(rules, { unknownFields: 'refuse' });
  return (querystring, overrides) => {
    const query = parse(querystring, '&', '=', { decodeURIComponent: decode });
    const raw = fields.parse({ ...query, ...overrides });
    return Object.fromEntries(entries.map(([name, { convert }]) => [name, convert(raw[name])])) as Values<P>;
  };
}

/** Returns the problem of a parameter whose percent-encoding is wrong, or null. */
function checkEncoding(values: readonly string[]): Violation | null {
  if (values.every((value) => value.isWellFormed())) return null;
  return { code: 'INVALID_ENCODING', detail: 'must be percent-encoded UTF-8' };
}

/** Returns an optional parameter that may be given once. */
export function once<T>(
  rule: (value: string) => Violation | null,
  convert: (value: string | undefined) => T,
): Parameter<T> {
  return {
    rule(raw) {
      if (raw === undefined) return null;
      if (typeof raw !== 'string') return { code: 'REPEATED', detail: 'must be given only once' };
      return checkEncoding([raw]) ?? rule(raw);
    },
    convert: (raw) => convert(raw as string | undefined),
  };
}

/** Returns an optional parameter that may be given once and is used as it is. */
export function text(rule: (value: string) => Violation | null): Parameter<string | undefined> {
  return once(rule, (value) => value);
}

function split(raw: unknown): string[] {
  return [raw as string | string[]].flat().flatMap((part) => part.split(','));
}

/** Returns an optional parameter that may be repeated or comma-separated, each value one of `words`. */
export function someOf<T extends string>(words: readonly T[], hint = ''): Parameter<T[] | undefined> {
  return {
    rule(raw) {
      if (raw === undefined) return null;
      const values = split(raw);
      const unknown = values.find((value) => !words.some((word) => word === value));
      if (unknown === undefined) return null;
      const detail = `invalid value ${quote(unknown)}: expected ${listAlternatives(words)}${hint}`;
      return checkEncoding(values) ?? { code: 'UNKNOWN_VALUE', detail };
    },
    convert(raw) {
      if (raw === undefined) return undefined;
      const values = split(raw);
      return words.filter((word) => values.includes(word));
    },
  };
}

function timeRule(value: string): Violation | null {
  if (parseInstant(value)) return null;
  const expected = 'an ISO 8601 time with a time zone, such as 2026-01-31T09:30:00Z';
  return { code: 'INVALID_TIME', detail: `invalid time ${quote(value)}: expected ${expected}` };
}

/** An optional time. */
export const time: Parameter<Date | undefined> = once(timeRule, (value) =>
  value === undefined ? undefined : (parseInstant(value) ?? undefined),
);

/** Returns an optional whole number. */
export function wholeNumber(
  { min, max, unit = '' }: { min: number; max: number; unit?: string },
  defaultValue: number,
): Parameter<number> {
  const rule = (value: string): Violation | null => {
    if (/^\d{1,9}$/.test(value) && Number(value) >= min && Number(value) <= max) return null;
    const expected = `a whole number${unit} from ${min} to ${max}`;
    return { code: 'OUT_OF_RANGE', detail: `invalid value ${quote(value)}: expected ${expected}` };
  };
  return once(rule, (value) => (value === undefined ? defaultValue : Number(value)));
}

const FLAG = ['true', 'false'];

/** An optional `true` or `false`; false by default. */
export const flag: Parameter<boolean> = once(oneOf(FLAG), (value) => value === 'true');

/** An optional `true` or `false`; undefined without it. */
export const optionalFlag: Parameter<boolean | undefined> = once(oneOf(FLAG), (value) =>
  value === undefined ? undefined : value === 'true',
);

const ORDERS: readonly Order[] = ['asc', 'desc'];

/** The parameters that every list has. A cursor is checked when it is decoded. */
export const pageParameters = {
  order: once<Order>(oneOf(ORDERS), (value) => (value as Order | undefined) ?? 'desc'),
  limit: wholeNumber({ min: 1, max: MAX_LIMIT }, DEFAULT_LIMIT),
  cursor: text(() => null),
};
