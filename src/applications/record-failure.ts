import type { CreationAttributes } from 'sequelize';
import type { StoredApplicationEvent } from '../lib/domain';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { IncomingApplication } from './process-steps';

/**
 * Stores that an application FAILED, for `GET /applications` and `conv apps list`. An outcome other than FAILED is kept.
 * @param reason the error in one line
 */
export function recordFailure(
  database: Database,
  application: IncomingApplication,
  reason: string,
): Promise<void> {
  return withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      const { event, received_at } = application;
      const row: CreationAttributes<Application> = {
        id: event.id,
        jobId: event.job_id,
        candidateId: event.candidate_id,
        payload: event,
        receivedAt: new Date(received_at),
        processedAt: new Date(),
        status: 'FAILED',
        reason,
      };
      const existing = await database.applications.findByPk(event.id, { transaction, lock: true });
      if (!existing) await database.applications.create(row, { transaction });
      else if (existing.status === 'FAILED') await existing.update(row, { transaction });
    }),
  );
}

/** Returns the event that an application's outcome was decided from, and its time of receipt; null where there is no outcome. */
export async function findProcessedEvent(
  database: Database,
  id: string,
): Promise<{ event: StoredApplicationEvent; received_at: string } | null> {
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  return row && { event: row.payload, received_at: row.receivedAt.toISOString() };
}
