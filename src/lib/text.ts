/** Control characters, NUL among them, and lone surrogates: PostgreSQL or a terminal cannot take them. */
const UNSTORABLE = /[\p{Cc}\p{Cs}]/u;

export const MAX_ID_LENGTH = 255;

/** Length in code points, as PostgreSQL counts characters; JavaScript's `length` counts an emoji twice. */
export function characters(text: string): number {
  return Array.from(text).length;
}

/** A code and a sentence for what is wrong with a text. */
export interface Violation {
  code: string;
  detail: string;
}

/**
 * What is wrong with a text, or null.
 * @param limits `max` in characters (code points), counted after trimming if `trim`
 */
export function checkText(value: unknown, limits: { max: number; trim?: boolean }): Violation | null {
  if (value === undefined) return { code: 'REQUIRED', detail: 'is required' };
  if (typeof value !== 'string') return { code: 'NOT_TEXT', detail: 'must be a JSON string' };
  if (UNSTORABLE.test(value))
    return { code: 'UNSTORABLE_CHARACTER', detail: 'holds a control character or half of a surrogate pair' };
  const text = limits.trim ? value.trim() : value;
  if (text.trim() === '') return { code: 'BLANK', detail: 'must not be blank' };
  if (text.length > limits.max && characters(text) > limits.max)
    return {
      code: 'TOO_LONG',
      detail: `must have at most ${limits.max} characters, has ${characters(text)}`,
    };
  return null;
}

/** The rule for ids of applications, jobs and candidates: any text that is not blank, as the sender chose it. */
export function idRule(value: unknown): Violation | null {
  return checkText(value, { max: MAX_ID_LENGTH });
}
