import { parsePhoneNumberFromString, validatePhoneNumberLength } from 'libphonenumber-js/max';
import type { Violation } from './text';

export type ParsedPhone = { e164: string } | { fault: Violation };

/** Between digits; anything else (letters, slashes, other scripts' digits) is refused. */
const SEPARATORS = /[ ().[\]-]/g;
const EXTENSION = /(;?ext|x|#|;)/i;
/** ITU-T E.164: fifteen digits with the country code. */
const MAX_DIGITS = 15;

const LENGTH_FAULTS: Readonly<Record<string, string>> = {
  INVALID_COUNTRY: 'starts with a country code that does not exist',
  NOT_A_NUMBER: 'is not a phone number',
  TOO_SHORT: 'is too short for its country',
  TOO_LONG: 'is too long for its country',
  INVALID_LENGTH: 'has a length that its country does not use',
};

function fault(code: string, detail: string): ParsedPhone {
  return { fault: { code, detail: `${detail}; right would be, for example, +14155552671` } };
}

function characterFault(text: string): ParsedPhone | null {
  if (!text.startsWith('+')) return fault('MISSING_PLUS', 'must start with + and the country code');
  const digits = text.slice(1).replace(SEPARATORS, '');
  if (/^\d*$/.test(digits)) return null;
  if (/\d/.test(digits) && EXTENSION.test(digits)) return fault('EXTENSION', 'must not have an extension');
  if (/\p{L}/u.test(digits)) return fault('LETTERS', 'must not hold letters');
  return fault('INVALID_CHARACTER', 'may hold digits, spaces, hyphens, dots and brackets only');
}

/** A pattern that is in use has one of its country's lengths, so the length is asked only for what matches none. */
function numberFault(digits: string): ParsedPhone {
  const length = validatePhoneNumberLength(digits);
  if (length) return fault(length, LENGTH_FAULTS[length] ?? 'has the wrong length');
  return fault('INVALID_NUMBER', 'is not in use in its country');
}

/**
 * A phone number as typed, in E.164, or why it is none. Full metadata decides (libphonenumber's `isValid`): a country code
 * that exists, a length that its country allows, a pattern that it uses.
 */
export function parsePhone(text: string): ParsedPhone {
  const wrong = characterFault(text);
  if (wrong) return wrong;
  const digits = `+${text.replace(/\D/g, '')}`;
  const number = parsePhoneNumberFromString(digits);
  if (!number?.isValid()) return numberFault(digits);
  // E.164 is what the database stores; a few plans (Germany's) know numbers that are longer.
  if (number.number.length > MAX_DIGITS + 1) return fault('TOO_LONG', `has more than ${MAX_DIGITS} digits`);
  return { e164: number.number };
}
