import type { CreationAttributes, Transaction } from 'sequelize';
import type { StoredApplicationEvent } from '../lib/domain';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { IncomingApplication } from './process-steps';

/**
 * A failure does not lock its candidate, who may not be known. Without this lock, one that commits during an erasure would keep
 * the personal data: neither transaction sees the other's rows.
 */
const LOCK_KEY = "hashtext('conv.erasure'), hashtext($id)";

/** Waits for failures of the candidate that are being recorded. Others wait until this transaction ends. */
export async function lockFailures(
  candidateId: string,
  { sequelize }: Database,
  transaction: Transaction,
): Promise<void> {
  await sequelize.query(`SELECT pg_advisory_xact_lock(${LOCK_KEY})`, {
    bind: { id: candidateId },
    transaction,
  });
}

/** Whether a failure may take an outcome's place: that of an earlier failure, or the one that a replay names. */
function isReplaceable({ status, processedAt }: Application, { replaces }: IncomingApplication): boolean {
  return status === 'FAILED' || (status !== 'ACCEPTED' && processedAt.toISOString() === replaces);
}

/**
 * Stores that an application FAILED, so that every list and count knows it. A conversation is never lost to a failure, and a
 * rejection only to the failure of its own replay.
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
      await database.sequelize.query(`SELECT pg_advisory_xact_lock_shared(${LOCK_KEY})`, {
        bind: { id: event.candidate_id },
        transaction,
      });
      const row: CreationAttributes<Application> = {
        id: event.id,
        jobId: event.job_id,
        candidateId: event.candidate_id,
        payload: event,
        receivedAt: new Date(received_at),
        processedAt: new Date(),
        status: 'FAILED',
        reason,
        dismissedAt: null,
        dismissedBy: null,
      };
      const existing = await database.applications.findByPk(event.id, { transaction, lock: true });
      if (!existing) await database.applications.create(row, { transaction });
      else if (isReplaceable(existing, application)) await existing.update(row, { transaction });
    }),
  );
}

/** Returns the event that an application's outcome was decided from, and its time of receipt; null where there is no
 * outcome, or its payload was removed. */
export async function findProcessedEvent(
  database: Database,
  id: string,
): Promise<{ event: StoredApplicationEvent; received_at: string } | null> {
  const row = await withDatabaseErrors(() => database.applications.findByPk(id));
  return row?.payload ? { event: row.payload, received_at: row.receivedAt.toISOString() } : null;
}
