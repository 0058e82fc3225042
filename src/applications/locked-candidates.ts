import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** FOR SHARE conflicts with the lock of the processing, but not with other checks. */
const FIND_LOCKED = `
WITH known AS (SELECT id FROM candidates WHERE id = ANY ($1::text[])),
  free AS (SELECT id FROM candidates WHERE id = ANY ($1::text[]) FOR SHARE SKIP LOCKED)
SELECT id FROM known EXCEPT SELECT id FROM free`;

/**
 * Returns those of the candidates whose rows another transaction has locked now. Does not wait for a lock on a row.
 * @throws ConvError CONTENTION when the table is locked
 */
export function findLockedCandidates(
  { sequelize }: Database,
  candidateIds: readonly string[],
): Promise<Set<string>> {
  return withDatabaseErrors(async () => {
    const options = { type: QueryTypes.SELECT as const, bind: [candidateIds] };
    const rows = await sequelize.query<{ id: string }>(FIND_LOCKED, options);
    return new Set(rows.map(({ id }) => id));
  });
}
