import { QueryTypes, type CreationAttributes, type Transaction } from 'sequelize';
import type { StoredApplicationEvent, WhenActive } from '../lib/domain';
import { newId } from '../lib/ids';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { queryPrepared, type Prepared } from '../models/prepared';
import type { ApplicationJobData, Outcome } from '../queue/applications';

/** What an application is decided by. */
export type IncomingApplication = Pick<ApplicationJobData, 'event' | 'received_at' | 'replaces'>;

export interface ProcessedApplication {
  outcome: Outcome;
  /** Decided now; else it was before, and that stands, whatever was delivered now. */
  isNew: boolean;
}

/** The rules, and how a batch is decided: db/migrations/004-decide-by-key.ts. */
const DECIDE: Prepared = {
  name: 'decide',
  text: 'SELECT * FROM decide_applications($1::json, $2::timestamptz, $3, true)',
};
const DECIDE_WITHIN =
  'SELECT * FROM decide_applications(CAST(:batch AS json), CAST(:now AS timestamptz), true, false)';

interface Row extends Omit<Outcome, 'processed_at'> {
  application_id: string;
  processed_at: Date;
  fresh: boolean;
}

/** The batch as the database takes it, with the identities of what may come of it. */
function batchOf(deliveries: readonly IncomingApplication[]): string {
  const rows = deliveries.map(({ event, received_at, replaces }, n) => {
    const conversation = newId();
    const told = newId();
    return {
      n,
      id: event.id,
      job_id: event.job_id,
      candidate_id: event.candidate_id,
      payload: event,
      received_at,
      replaces,
      conversation_id: conversation.id,
      conversation_at: conversation.createdAt,
      event_id: told.id,
      event_at: told.createdAt,
    };
  });
  return JSON.stringify(rows);
}

function decisionOf({ status, reason, conversation_id, processed_at, fresh }: Row): ProcessedApplication {
  const outcome = { status, reason, conversation_id, processed_at: processed_at.toISOString() };
  return { outcome, isNew: fresh };
}

/**
 * Decides applications in their order: candidates, conversations, outcomes and events in one statement, all or nothing. Deciding
 * one again changes nothing, and of two workers that decide at once the database lets one win.
 * @param deliveries of different applications
 * @param whenActive what becomes of one while its candidate has an active conversation
 * @returns a decision for each, in the same order
 * @throws ConvError whose `retry` says whether and when the same can succeed; of a batch it does not say for which
 */
export function processApplications(
  database: Database,
  deliveries: readonly IncomingApplication[],
  whenActive: WhenActive = 'reject',
): Promise<ProcessedApplication[]> {
  return withDatabaseErrors(async () => {
    const values = [batchOf(deliveries), new Date(), whenActive === 'defer'];
    const rows = await queryPrepared<Row>(database.sequelize, DECIDE, values);
    if (rows.some(({ fresh }) => fresh)) database.notifyEvents();
    const byId = new Map(rows.map((row) => [row.application_id, decisionOf(row)]));
    return deliveries.map(({ event }) => {
      const decision = byId.get(event.id);
      if (!decision) throw new Error('decide_applications left one out');
      return decision;
    });
  });
}

/** As decideAll, of one application. */
export async function processApplication(
  database: Database,
  delivery: IncomingApplication,
  whenActive?: WhenActive,
): Promise<Outcome> {
  const [decision] = await processApplications(database, [delivery], whenActive);
  if (!decision) throw new Error('one delivery has one decision');
  return decision.outcome;
}

/**
 * Decides what waited for the end of this candidate's conversation, oldest first, until one of them is a conversation. Runs in
 * the transaction of the move to COMPLETED, under the candidate's lock: a decision at the same moment comes before it, and is
 * found here, or after it, and finds the candidate free.
 */
export async function processDeferred(
  database: Database,
  transaction: Transaction,
  candidateId: string,
): Promise<void> {
  for (;;) {
    const oldest = await database.applications.findOne({
      where: { candidateId, status: 'DEFERRED' },
      order: ['receivedAt', 'id'],
      transaction,
      lock: true,
    });
    if (!oldest) return;
    const batch = batchOf([{ event: oldest.payload, received_at: oldest.receivedAt.toISOString() }]);
    const [row] = await database.sequelize.query<Row>(DECIDE_WITHIN, {
      type: QueryTypes.SELECT,
      replacements: { batch, now: new Date() },
      transaction,
    });
    if (row?.status !== 'REJECTED') return;
  }
}

/**
 * Records that an application could not be decided, for `GET /applications` and `conv apps list`. An outcome that
 * exists is kept.
 * @param reason the error in one line
 */
export function recordFailure(
  database: Database,
  delivery: IncomingApplication,
  reason: string,
): Promise<void> {
  return withDatabaseErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      const { event, received_at } = delivery;
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
      const known = await database.applications.findByPk(event.id, { transaction, lock: true });
      if (!known) await database.applications.create(row, { transaction });
      else if (known.status === 'FAILED') await known.update(row, { transaction });
    }),
  );
}

/** The delivery that a decided application was decided on; null where it is not decided. */
export async function firstDelivery(
  database: Database,
  id: string,
): Promise<{ event: StoredApplicationEvent; received_at: string } | null> {
  const known = await withDatabaseErrors(() => database.applications.findByPk(id));
  return known && { event: known.payload, received_at: known.receivedAt.toISOString() };
}
