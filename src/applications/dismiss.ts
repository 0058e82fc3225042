import { Op } from 'sequelize';
import { ConvError } from '../lib/errors';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';

/** Who dismissed a failure, and when. */
export interface Dismissal {
  dismissed_at: string;
  dismissed_by: string;
}

/** Returns the dismissal of a failure; null where there is none. */
export async function findDismissal(database: Database, id: string): Promise<Dismissal | null> {
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  if (!row?.dismissedAt) return null;
  return { dismissed_at: row.dismissedAt.toISOString(), dismissed_by: row.dismissedBy ?? '' };
}

/** Returns those of these applications whose failure was dismissed. */
export async function findDismissedIds(database: Database, ids: readonly string[]): Promise<Set<string>> {
  const where = { id: [...ids], dismissedAt: { [Op.ne]: null } };
  const rows = await withDatabaseErrors(() => database.applications.findAll({ attributes: ['id'], where }));
  return new Set(rows.map(({ id }) => id));
}

/**
 * Takes a FAILED application off the operator's list and out of replays by filter. It keeps its status and error. A redelivery or
 * a replay by id processes it as before, and ends the dismissal.
 * @returns false where it was dismissed before
 * @throws ConvError NOT_FOUND; CONFLICT for another status; DATABASE_UNAVAILABLE
 */
export async function dismissApplication(database: Database, id: string, by: string): Promise<boolean> {
  return withDatabaseErrors(async () => {
    const values = { dismissedAt: new Date(), dismissedBy: by };
    const where = { id, status: 'FAILED', dismissedAt: null };
    const [changed] = await database.applications.update(values, { where });
    if (changed > 0) return true;
    const row = await database.applications.findByPk(id);
    if (!row) throw new ConvError('NOT_FOUND', `there is no processed application ${JSON.stringify(id)}`);
    if (row.status === 'FAILED') return false;
    throw new ConvError('CONFLICT', `application ${id} is ${row.status}: only FAILED ones can be dismissed`);
  });
}
