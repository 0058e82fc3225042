/** Control characters, NUL among them, and lone surrogates: PostgreSQL or a terminal cannot hold them. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

export const MAX_ID_LENGTH = 255;

/** Returns the length in code points, as PostgreSQL counts characters; JavaScript's `length` counts an emoji twice. */
export function characters(text: string): number {
  return Array.from(text).length;
}

/** What is wrong with a value: a code for programs, a sentence for people. */
export interface Violation {
  code: string;
  detail: string;
}

/**
 * Returns what is wrong with a text, or null.
 * @param limits `max` in characters (code points), counted after trimming if `trim`
 */
export function checkText(value: unknown, limits: { max: number; trim?: boolean }): Violation | null {
  if (value === undefined || value === null) return { code: 'REQUIRED', detail: 'is required' };
  if (typeof value !== 'string') return { code: 'NOT_TEXT', detail: 'must be a JSON string' };
  if (UNSTORABLE.test(value))
    return {
      code: 'UNSTORABLE_CHARACTER',
      detail: 'must not contain control characters or half of a surrogate pair',
    };
  const text = limits.trim ? value.trim() : value;
  if (text.trim() === '') return { code: 'BLANK', detail: 'must not be blank' };
  if (text.length > limits.max && characters(text) > limits.max)
    return {
      code: 'TOO_LONG',
      detail: `must have at most ${limits.max} characters, has ${characters(text)}`,
    };
  return null;
}

/**
 * Returns what is wrong with the id of an application, job or candidate. It may be any text that is not blank, except `.` and
 * `..`: HTTP clients resolve these in a path, so `/applications/..` could never be requested.
 */
export function idRule(value: unknown): Violation | null {
  if (value === '.' || value === '..')
    return { code: 'RESERVED_ID', detail: `must not be ${quote(value)}, which has a meaning in paths` };
  return checkText(value, { max: MAX_ID_LENGTH });
}

const MAX_QUOTED_LENGTH = 60;

/** Returns a value as JSON for an error message, shortened if it is long. */
export function quote(value: unknown): string {
  const json = JSON.stringify(value);
  return json.length > MAX_QUOTED_LENGTH ? `${json.slice(0, MAX_QUOTED_LENGTH).toWellFormed()}…` : json;
}

/** Returns the words as "A, B or C". */
export function listAlternatives(words: readonly string[]): string {
  return new Intl.ListFormat('en-GB', { type: 'disjunction' }).format(words);
}
