import { QueryTypes, type CreationAttributes, type Transaction } from 'sequelize';
import { appendEvents } from '../events/append';
import type { ApplicationView, StoredApplicationEvent } from '../lib/domain';
import { ERASED_REASON } from '../lib/errors';
import { presentApplication, type ApplicationRecord } from '../lib/present';
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

const toFailedEvent = (data: ApplicationView) => ({ type: 'application.failed' as const, data });

/** Whether a failure may take an outcome's place: that of an earlier failure, or the one that a replay names. */
function isReplaceable({ status, processedAt }: Application, { replaces }: IncomingApplication): boolean {
  return status === 'FAILED' || (status !== 'ACCEPTED' && processedAt.toISOString() === replaces);
}

/**
 * Stores that an application FAILED, so that every list and count knows it, and appends the event. A conversation is never lost to
 * a failure, and a rejection only to the failure of its own replay.
 * @param reason the error in one line
 * @param mayReplace whether it may take the place of an existing outcome
 */
export function recordFailure(
  database: Database,
  application: IncomingApplication,
  reason: string,
  mayReplace = isReplaceable,
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
      if (existing && !mayReplace(existing, application)) return;
      const failed = existing
        ? await existing.update(row, { transaction })
        : await database.applications.create(row, { transaction });
      await appendEvents(database, transaction, [toFailedEvent(presentApplication(failed))]);
    }),
  );
}

/** Every row that is visible under the candidate's lock was received before the erasure, whatever its received_at says. */
const FAIL_DEFERRED = `
UPDATE applications SET status = 'FAILED', reason = $reason, processed_at = now()
WHERE candidate_id = $id AND status = 'DEFERRED'
RETURNING id, job_id AS "jobId", candidate_id AS "candidateId", status, reason, conversation_id AS "conversationId",
  received_at AS "receivedAt", processed_at AS "processedAt"`;

/** Makes the DEFERRED applications of a candidate who is being erased FAILED, each with its event. */
export async function failErasedDeferred(
  candidateId: string,
  database: Database,
  transaction: Transaction,
): Promise<void> {
  const failed = await database.sequelize.query<ApplicationRecord>(FAIL_DEFERRED, {
    type: QueryTypes.SELECT,
    bind: { id: candidateId, reason: ERASED_REASON },
    transaction,
  });
  const events = failed.map((row) => toFailedEvent(presentApplication(row)));
  await appendEvents(database, transaction, events);
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
