import { parsePhoneNumberFromString } from 'libphonenumber-js/max';
import type { PersonalData } from '../../lib/domain';
import type { Context, WebDeps } from '../context';
import { logCandidatesRead } from '../include-candidates';

/** Personal data of a candidate; null where it is not known or was erased. */
export type Person = Record<keyof PersonalData, string | null>;

/** The same for every number, so that its length is hidden too. */
const HIDDEN_DIGITS = '•••••••';
const SHOWN_DIGITS = 4;

/** Returns the country code and the last digits: `+1•••••••2671`. */
function maskPhone(phone: string): string {
  const code = parsePhoneNumberFromString(phone)?.countryCallingCode ?? '';
  return `+${code}${HIDDEN_DIGITS}${phone.slice(-SHOWN_DIGITS)}`;
}

/** Returns the first character: `J…`. */
const maskWord = (word: string) => `${Array.from(word)[0] ?? ''}…`;

/** Returns personal data of which only a beginning or an end is left. */
export function maskPerson({ phone_number, first_name, last_name, email_address }: Person): Person {
  return {
    phone_number: phone_number && maskPhone(phone_number),
    first_name: first_name && maskWord(first_name),
    last_name: last_name && maskWord(last_name),
    email_address: email_address && email_address.split('@').map(maskWord).join('@'),
  };
}

/**
 * Returns people as the token may see them: masked without candidates:read. Otherwise the read is logged.
 * @param people each with the id of its candidate
 */
export function showPeople<T extends Person & { candidate_id: string }>(
  ctx: Context,
  { log }: Pick<WebDeps, 'log'>,
  people: readonly T[],
): T[] {
  if (!ctx.state.token?.scopes.includes('candidates:read'))
    return people.map((person) => ({ ...person, ...maskPerson(person) }));
  const known = people.filter(({ phone_number }) => phone_number !== null);
  const ids = new Set(known.map(({ candidate_id }) => candidate_id));
  if (ids.size > 0) logCandidatesRead(ctx, log, [...ids]);
  return [...people];
}
