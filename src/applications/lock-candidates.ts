import { QueryTypes, type Transaction } from 'sequelize';
import type { PersonalData } from '../lib/domain';
import type { Database } from '../models/connect';
import { isErased } from './erased-event';
import type { OpenApplication } from './process-steps';

/**
 * The newest application of each candidate counts. A row whose data is newer, or that was erased later, is locked as well, keeps its
 * data and is not returned.
 */
const LOCK_CANDIDATES = `
INSERT INTO candidates AS known (id, phone_number, first_name, last_name, email_address, created_at, updated_at)
SELECT DISTINCT ON (id) id, phone_number, first_name, last_name, email_address, received_at, received_at
FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) WITH ORDINALITY
  AS one (id, phone_number, first_name, last_name, email_address, received_at, n)
ORDER BY id, received_at DESC, n DESC
ON CONFLICT (id) DO UPDATE SET phone_number = EXCLUDED.phone_number, first_name = EXCLUDED.first_name,
  last_name = EXCLUDED.last_name, email_address = EXCLUDED.email_address, updated_at = EXCLUDED.updated_at
WHERE known.updated_at <= EXCLUDED.updated_at AND (known.erased_at IS NULL OR known.erased_at < EXCLUDED.updated_at)
RETURNING id, erased_at`;

const FIND_ERASURES = 'SELECT id, erased_at FROM candidates WHERE id = ANY ($1::text[])';

interface LockedCandidate {
  id: string;
  erased_at: Date | null;
}

function updateCandidates(
  { sequelize }: Database,
  transaction: Transaction,
  open: readonly OpenApplication[],
): Promise<LockedCandidate[]> {
  const column = (name: keyof PersonalData) => open.map(({ event }) => event.candidate?.[name] ?? null);
  const bind = [
    open.map(({ event }) => event.candidate_id),
    column('phone_number'),
    column('first_name'),
    column('last_name'),
    column('email_address'),
    open.map(({ received_at }) => received_at),
  ];
  return sequelize.query(LOCK_CANDIDATES, { type: QueryTypes.SELECT, bind, transaction });
}

/** Returns when each of these candidates was erased; most batches need no query for it. */
async function findErasures(
  { sequelize }: Database,
  transaction: Transaction,
  open: readonly OpenApplication[],
  updated: readonly LockedCandidate[],
): Promise<Map<string, Date | null>> {
  const erasures = new Map(updated.map(({ id, erased_at }) => [id, erased_at]));
  const ids = new Set(open.map(({ event }) => event.candidate_id));
  const unknown = [...ids].filter((id) => !erasures.has(id));
  if (unknown.length === 0) return erasures;
  const rows = await sequelize.query<LockedCandidate>(FIND_ERASURES, {
    type: QueryTypes.SELECT,
    bind: [unknown],
    transaction,
  });
  for (const { id, erased_at } of rows) erasures.set(id, erased_at);
  return erasures;
}

/**
 * Creates or updates the candidates, which locks their rows until the commit: other batches and moves of the same candidate wait.
 * In the order of their ids, so that two batches do not wait for each other.
 * @returns the applications that may be processed: those that were not received before their candidate was erased
 */
export async function lockCandidates(
  database: Database,
  transaction: Transaction,
  open: readonly OpenApplication[],
): Promise<OpenApplication[]> {
  const withData = open.filter(({ event }) => !isErased(event));
  const updated = await updateCandidates(database, transaction, withData);
  const erasures = await findErasures(database, transaction, withData, updated);
  return withData.filter(({ event, received_at }) => {
    const erasedAt = erasures.get(event.candidate_id);
    return !erasedAt || erasedAt < new Date(received_at);
  });
}
