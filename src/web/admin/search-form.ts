import { isUuid } from '../../lib/ids';
import { parsePhone, trailingDigits } from '../../lib/phone';

/** The forms that are understood, each with an example. */
export const SEARCH_FORMS = [
  ['The id of an application, candidate or job, exactly', 'application-1'],
  ['The id of a conversation', '01a2260c-db71-72fb-99ba-cb613c25e92a'],
  ['A whole phone number in any form, or its last seven digits', '+1 (415) 555-2671'],
  ['A whole email address', 'jane.doe@example.com'],
  ['A full name, or its beginning', 'Jane Doe'],
] as const;

/** Returns for what a text was taken. */
export function describeForm(text: string): string {
  if (isUuid(text.trim())) return 'the id of a conversation, application, candidate or job';
  if ('e164' in parsePhone(text)) return 'a whole phone number';
  if (trailingDigits(text) !== null) return 'the end of a phone number';
  if (text.includes('@')) return 'a whole email address';
  return 'an id, or the beginning of a name';
}
