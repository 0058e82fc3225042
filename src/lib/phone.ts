import { parsePhoneNumberFromString, validatePhoneNumberLength } from 'libphonenumber-js/max';
import type { Violation } from './text';

/** A phone number in E.164, or why the text is not one. */
export type ParsedPhone = { e164: string } | { violation: Violation };

/** May separate digits: spaces, hyphens, dots and brackets with their Unicode forms. Everything else is refused. */
const SEPARATORS =
  /[\p{Zs}\u200B\u2060\p{Pd}\u00AD\u2212.\u00B7\u2024\uFE52\uFF0E()[\]\uFE59\uFE5A\uFF08\uFF09\uFF3B\uFF3D]/gu;
const EXTENSION = /(;?ext|x|#|;)/i;
/** ITU-T E.164: fifteen digits with the country code. */
const MAX_DIGITS = 15;

const LENGTH_DETAILS: Readonly<Record<string, string>> = {
  INVALID_COUNTRY: 'starts with a country code that does not exist',
  NOT_A_NUMBER: 'is not a phone number',
  TOO_SHORT: 'is too short for its country',
  TOO_LONG: 'is too long for its country',
  INVALID_LENGTH: 'has a length that its country does not use',
};

function refuse(code: string, detail: string): ParsedPhone {
  return { violation: { code, detail: `${detail}; expected a number such as +14155552671` } };
}

/** Refuses characters that a phone number must not have. */
function checkCharacters(text: string): ParsedPhone | null {
  if (!text.startsWith('+')) return refuse('MISSING_PLUS', 'must start with + and the country code');
  const digits = text.slice(1).replace(SEPARATORS, '');
  if (/^\d*$/.test(digits)) return null;
  if (/\d/.test(digits) && EXTENSION.test(digits)) return refuse('EXTENSION', 'must not have an extension');
  if (/\p{L}/u.test(digits)) return refuse('LETTERS', 'must not contain letters');
  return refuse('INVALID_CHARACTER', 'may contain only digits, spaces, hyphens, dots and brackets');
}

/** Explains why a number is not valid. A valid number has a valid length, so the length needs no check before. */
function explainInvalid(digits: string): ParsedPhone {
  const length = validatePhoneNumberLength(digits);
  if (length) return refuse(length, LENGTH_DETAILS[length] ?? 'has the wrong length');
  return refuse('INVALID_NUMBER', 'is not in use in its country');
}

function parse(text: string): ParsedPhone {
  const refused = checkCharacters(text);
  if (refused) return refused;
  const digits = `+${text.replace(/\D/g, '')}`;
  const number = parsePhoneNumberFromString(digits);
  if (!number?.isValid()) return explainInvalid(digits);
  // The database stores E.164; a few numbering plans (Germany's) have numbers that are longer.
  if (number.number.length > MAX_DIGITS + 1) return refuse('TOO_LONG', `has more than ${MAX_DIGITS} digits`);
  return { e164: number.number };
}

/** Parsing costs more than all other checks of an event together, and an event needs it twice: to check and to convert. */
let last: { text: string; phone: ParsedPhone } | undefined;

/**
 * Returns a phone number as typed in E.164, or why it is not valid by libphonenumber's full metadata: a country code that
 * exists, a length that its country allows, a pattern that its country uses. Spaces around it are ignored.
 */
export function parsePhone(text: string): ParsedPhone {
  if (last?.text !== text) last = { text, phone: parse(text.trim()) };
  return last.phone;
}

/** Shorter texts would match too many numbers by chance. */
const MIN_TRAILING_DIGITS = 7;

/**
 * Returns the digits at the end of E.164 that a number without country code stands for: `1711234567` for `0171 1234567`. Null for
 * a text that is not a phone number, or has fewer than seven digits.
 */
export function trailingDigits(text: string): string | null {
  const digits = text
    .trim()
    .replace('(0)', '')
    .replace(/^\+/, '')
    .replaceAll('/', '')
    .replace(SEPARATORS, '');
  if (!/^\d+$/.test(digits)) return null;
  const withoutPrefix = digits.replace(/^0+/, '');
  const isPlausible = withoutPrefix.length >= MIN_TRAILING_DIGITS && withoutPrefix.length <= MAX_DIGITS;
  return isPlausible ? withoutPrefix : null;
}
