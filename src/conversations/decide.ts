import type { CreationAttributes, Transaction } from 'sequelize';
import type { DecidedStatus } from '../domain';
import { ConvError } from '../errors';
import { recordEvent } from '../events/record';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import type { Delivery, Outcome } from '../queue/applications';
import { saveCandidate } from './candidate';
import { createConversation, type Creation } from './create';

/** Whether what was decided before is final, whatever is delivered now. A FAILED application is always tried again. */
function stands(known: Application, delivery: Delivery): boolean {
  if (known.status === 'ACCEPTED') return true;
  return known.status === 'REJECTED' && delivery.replaces !== known.processedAt.toISOString();
}

function outcomeOf(application: Application): Outcome {
  const { status, reason, conversation_id, processed_at } = application.toView();
  if (status === 'ACCEPTED' || status === 'REJECTED')
    return { status, reason: reason as Outcome['reason'], conversation_id, processed_at: processed_at ?? '' };
  throw new ConvError('INTERNAL', `an application that is ${status} has no outcome`);
}

type Row = CreationAttributes<Application>;

/** The columns of an application's row, decided now. */
function rowOf({ event, received_at }: Delivery, status: DecidedStatus, reason: string | null): Row {
  return {
    id: event.id,
    jobId: event.job_id,
    candidateId: event.candidate_id,
    payload: event,
    status,
    reason,
    receivedAt: new Date(received_at),
    processedAt: new Date(),
  };
}

async function saveOutcome(
  database: Database,
  transaction: Transaction,
  known: Application | null,
  delivery: Delivery,
  creation: Creation,
): Promise<Application> {
  const reason = 'refusal' in creation ? creation.refusal : null;
  const conversationId = 'conversation' in creation ? creation.conversation.id : null;
  const row = { ...rowOf(delivery, reason ? 'REJECTED' : 'ACCEPTED', reason), conversationId };
  return known ? known.update(row, { transaction }) : database.applications.create(row, { transaction });
}

async function decideOnce(
  database: Database,
  transaction: Transaction,
  delivery: Delivery,
): Promise<Outcome> {
  const known = await database.applications.findByPk(delivery.event.id, { transaction });
  if (known && stands(known, delivery)) return outcomeOf(known);
  await saveCandidate(database, transaction, delivery);
  // While this waited for the candidate's lock, another worker may have decided the application.
  await known?.reload({ transaction, lock: true });
  if (known && stands(known, delivery)) return outcomeOf(known);
  const creation = await createConversation(database, transaction, delivery.event);
  const application = await saveOutcome(database, transaction, known, delivery, creation);
  if ('conversation' in creation)
    await recordEvent(database, transaction, 'conversation.created', creation.conversation);
  else await recordEvent(database, transaction, 'application.rejected', application.toView());
  return outcomeOf(application);
}

/**
 * Decides an application: candidate, conversation, outcome and event in one transaction, or nothing. Deciding it again changes
 * nothing, and of two workers that decide at once the database lets one win.
 * @throws ConvError whose `retry` says whether and when the same can succeed
 */
export function decide(database: Database, delivery: Delivery): Promise<Outcome> {
  return withDomainErrors(() =>
    database.sequelize.transaction((transaction) => decideOnce(database, transaction, delivery)),
  );
}

/**
 * Records that an application could not be decided, for `GET /applications` and `conv apps list`. An outcome that
 * exists is kept.
 * @param reason the error in one line
 */
export function recordFailure(database: Database, delivery: Delivery, reason: string): Promise<void> {
  return withDomainErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      const row = rowOf(delivery, 'FAILED', reason);
      const known = await database.applications.findByPk(delivery.event.id, { transaction, lock: true });
      if (!known) await database.applications.create(row, { transaction });
      else if (known.status === 'FAILED') await known.update(row, { transaction });
    }),
  );
}

/** The delivery that a decided application was decided on; null where it is not decided. */
export async function firstDelivery(
  database: Database,
  id: string,
): Promise<Pick<Delivery, 'event' | 'received_at'> | null> {
  const known = await withDomainErrors(() => database.applications.findByPk(id));
  return known && { event: known.payload, received_at: known.receivedAt.toISOString() };
}
