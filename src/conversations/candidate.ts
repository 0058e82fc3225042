import { QueryTypes, type Transaction } from 'sequelize';
import type { Database } from '../models/connect';
import type { Delivery } from '../queue/applications';

/** One statement in place of find and create: it also locks the row, so one candidate's applications take turns. */
const SAVE = `
INSERT INTO candidates (id, phone_number, first_name, last_name, email_address, created_at, updated_at)
VALUES (:id, :phone_number, :first_name, :last_name, :email_address, :received_at, :received_at)
ON CONFLICT (id) DO UPDATE SET
  phone_number = EXCLUDED.phone_number,
  first_name = EXCLUDED.first_name,
  last_name = EXCLUDED.last_name,
  email_address = EXCLUDED.email_address,
  updated_at = EXCLUDED.updated_at
WHERE candidates.updated_at <= EXCLUDED.updated_at`;

/** Keeps the candidate's data as the newest application received says; an older one that comes late changes nothing. */
export async function saveCandidate(
  { sequelize }: Database,
  transaction: Transaction,
  { event, received_at }: Delivery,
): Promise<void> {
  const replacements = { id: event.candidate_id, ...event.candidate, received_at };
  await sequelize.query(SAVE, { type: QueryTypes.INSERT, replacements, transaction });
}
