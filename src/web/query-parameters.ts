import type { ParsedUrlQuery } from 'node:querystring';
import * as yup from 'yup';
import { DEFAULT_LIMIT, MAX_LIMIT, type Order, type PageQuery } from '../lists/page';
import type { Violation } from '../lib/text';
import { parseInstant } from '../lib/time';
import { check, field, only } from '../lib/validation';

export type Raw = string | string[];

/** What is wrong with a parameter's value, or null; nothing is, where it is not given. */
export type Rule = (value: Raw | undefined) => Violation | null;

interface Rules {
  /** Of those that may stand once. */
  single: Readonly<Record<string, Rule>>;
  several: Readonly<Record<string, Rule>>;
}

type Parameters<R extends Rules> = { [Name in keyof R['single']]?: string } & {
  [Name in keyof R['several']]?: Raw;
};

/**
 * The parameters of an address. What is right passes the rules alone; yup around them would cost as much as reading the page
 * from the database, and is there to say what is wrong.
 * @returns what reads them, or throws ConvError INVALID with every problem
 */
export function parameters<R extends Rules>(rules: R): (query: ParsedUrlQuery) => Parameters<R> {
  const all = new Map(Object.entries({ ...rules.single, ...rules.several }));
  const fields = [...all].map(([name, rule]) => [name, field((value) => rule(value as Raw | undefined))]);
  const schema = only(yup.object(Object.fromEntries(fields) as yup.ObjectShape));
  return (query) => {
    const right = Object.entries(query).every(([name, value]) => all.get(name)?.(value) === null);
    if (!right) check(schema, { ...query });
    return query as Parameters<R>;
  };
}

/** A parameter that may stand once. */
export function single(faultOf: (value: string) => Violation | null): Rule {
  return (value) => {
    if (value === undefined) return null;
    if (typeof value !== 'string') return { code: 'REPEATED', detail: 'may be given only once' };
    return faultOf(value);
  };
}

const listOf = (value: Raw) => [value].flat().flatMap((part) => part.split(','));

/** A parameter that may be repeated or comma-separated, each value one of a few. */
export function severalOf(known: readonly string[], hint = ''): Rule {
  return (value) => {
    if (value === undefined) return null;
    const unknown = listOf(value).filter((part) => !known.includes(part));
    if (unknown.length === 0) return null;
    return {
      code: 'UNKNOWN_VALUE',
      detail: `knows ${known.join(', ')}, not ${JSON.stringify(unknown[0])}${hint}`,
    };
  };
}

export function instantFault(value: string): Violation | null {
  if (parseInstant(value)) return null;
  return { code: 'INVALID_TIME', detail: 'must be ISO 8601 with a time zone, such as 2026-01-31T09:30:00Z' };
}

function limitFault(value: string): Violation | null {
  const limit = Number(value);
  if (/^\d+$/.test(value) && limit >= 1 && limit <= MAX_LIMIT) return null;
  return { code: 'OUT_OF_RANGE', detail: `must be a whole number from 1 to ${MAX_LIMIT}` };
}

const orderFault = (value: string) =>
  value === 'asc' || value === 'desc' ? null : { code: 'UNKNOWN_VALUE', detail: 'must be asc or desc' };

/** The parameters that every list knows. */
export const paging = {
  order: single(orderFault),
  limit: single(limitFault),
  cursor: single(() => null),
};

interface RawPaging {
  order?: string | undefined;
  limit?: string | undefined;
  cursor?: string | undefined;
}

/** Newest first and fifty to a page, unless the caller says otherwise. */
export function pageQuery(query: RawPaging): PageQuery {
  return {
    order: (query.order ?? 'desc') as Order,
    limit: query.limit === undefined ? DEFAULT_LIMIT : Number(query.limit),
    cursor: query.cursor,
  };
}

/** The values of a validated `severalOf` of the same words. */
export function several<T extends string>(known: readonly T[], value: Raw | undefined): T[] | undefined {
  if (value === undefined) return undefined;
  const given = listOf(value);
  return known.filter((word) => given.includes(word));
}

/** The moment of a validated `instantFault` parameter. */
export function instant(value: string | undefined): Date | undefined {
  return value === undefined ? undefined : (parseInstant(value) ?? undefined);
}
