import type { Database } from '../../models/connect';
import { withDatabaseErrors } from '../../models/database-errors';
import type { Person } from './people';

export const UNKNOWN_PERSON: Person = {
  phone_number: null,
  first_name: null,
  last_name: null,
  email_address: null,
};

/** Returns the stored data of a candidate, and when it was erased. */
export async function findPerson(
  { candidates }: Database,
  id: string,
): Promise<{ person: Person; erasedAt: string | null }> {
  const row = await withDatabaseErrors(() => candidates.findByPk(id));
  if (!row) return { person: UNKNOWN_PERSON, erasedAt: null };
  const person = {
    phone_number: row.phoneNumber,
    first_name: row.firstName,
    last_name: row.lastName,
    email_address: row.emailAddress,
  };
  return { person, erasedAt: row.erasedAt?.toISOString() ?? null };
}
