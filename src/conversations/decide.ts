import type { CreationAttributes, Transaction } from 'sequelize';
import type { DecidedStatus, RejectionReason, WhenActive } from '../domain';
import { ConvError } from '../errors';
import { recordEvent } from '../events/record';
import type { Application } from '../models/Application';
import type { Database } from '../models/connect';
import { withDomainErrors } from '../models/constraints';
import type { Delivery, Outcome } from '../queue/applications';
import { saveCandidate } from './candidate';
import { createConversation, type Creation } from './create';

/** Whether what was decided before is final, whatever is delivered now. FAILED and DEFERRED ones are tried again. */
function stands(known: Application, delivery: Delivery): boolean {
  if (known.status === 'ACCEPTED') return true;
  return known.status === 'REJECTED' && delivery.replaces !== known.processedAt.toISOString();
}

function outcomeOf(application: Application): Outcome {
  const { status, reason, conversation_id, processed_at } = application.toView();
  if (status !== 'FAILED' && status !== 'QUEUED' && status !== 'PROCESSING')
    return { status, reason: reason as Outcome['reason'], conversation_id, processed_at: processed_at ?? '' };
  throw new ConvError('INTERNAL', `an application that is ${status} has no outcome`);
}

type Row = CreationAttributes<Application>;

/** The columns that say what was delivered, and that it is decided now. */
function rowOf({ event, received_at }: Delivery): Row {
  return {
    id: event.id,
    jobId: event.job_id,
    candidateId: event.candidate_id,
    payload: event,
    receivedAt: new Date(received_at),
    processedAt: new Date(),
  };
}

interface Verdict {
  status: DecidedStatus;
  reason: RejectionReason | null;
  conversationId: string | null;
}

function verdictOf(creation: Creation, whenActive: WhenActive): Verdict {
  if ('conversation' in creation)
    return { status: 'ACCEPTED', reason: null, conversationId: creation.conversation.id };
  const waits = creation.refusal === 'ACTIVE_CONVERSATION' && whenActive === 'defer';
  return { status: waits ? 'DEFERRED' : 'REJECTED', reason: creation.refusal, conversationId: null };
}

/** Writes the row, new or over the one that is known, and the event that tells of it. */
async function save(
  database: Database,
  transaction: Transaction,
  known: Application | null,
  row: Row,
  creation: Creation,
): Promise<Outcome> {
  const application = known
    ? await known.update(row, { transaction })
    : await database.applications.create(row, { transaction });
  if ('conversation' in creation)
    await recordEvent(database, transaction, 'conversation.created', creation.conversation);
  else if (application.status === 'REJECTED')
    await recordEvent(database, transaction, 'application.rejected', application.toView());
  return outcomeOf(application);
}

async function decideOnce(
  database: Database,
  transaction: Transaction,
  delivery: Delivery,
  whenActive: WhenActive,
): Promise<Outcome> {
  const known = await database.applications.findByPk(delivery.event.id, { transaction });
  if (known && stands(known, delivery)) return outcomeOf(known);
  await saveCandidate(database, transaction, delivery);
  // While this waited for the candidate's lock, another worker may have decided the application.
  await known?.reload({ transaction, lock: true });
  if (known && stands(known, delivery)) return outcomeOf(known);
  const creation = await createConversation(database, transaction, delivery.event);
  // A deferred one that is delivered again keeps its turn.
  const turn = known?.status === 'DEFERRED' ? { receivedAt: known.receivedAt } : {};
  const row = { ...rowOf(delivery), ...turn, ...verdictOf(creation, whenActive) };
  return save(database, transaction, known, row, creation);
}

/**
 * Decides an application: candidate, conversation, outcome and event in one transaction, or nothing. Deciding it again changes
 * nothing, and of two workers that decide at once the database lets one win.
 * @param whenActive what becomes of it while its candidate has an active conversation
 * @throws ConvError whose `retry` says whether and when the same can succeed
 */
export function decide(
  database: Database,
  delivery: Delivery,
  whenActive: WhenActive = 'reject',
): Promise<Outcome> {
  return withDomainErrors(() =>
    database.sequelize.transaction((transaction) => decideOnce(database, transaction, delivery, whenActive)),
  );
}

/**
 * Decides what waited for the end of this candidate's conversation, oldest first, until one of them is a conversation. Runs in
 * the transaction of the move to COMPLETED, under the candidate's lock: a decision at the same moment comes before it, and is
 * found here, or after it, and finds the candidate free.
 */
export async function decideDeferred(
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
    const creation = await createConversation(database, transaction, oldest.payload);
    const row = { ...verdictOf(creation, 'defer'), processedAt: new Date() };
    if (row.status === 'DEFERRED') return;
    await save(database, transaction, oldest, row, creation);
    if (row.status === 'ACCEPTED') return;
  }
}

/**
 * Records that an application could not be decided, for `GET /applications` and `conv apps list`. An outcome that
 * exists is kept.
 * @param reason the error in one line
 */
export function recordFailure(database: Database, delivery: Delivery, reason: string): Promise<void> {
  return withDomainErrors(() =>
    database.sequelize.transaction(async (transaction) => {
      const row = { ...rowOf(delivery), status: 'FAILED' as const, reason };
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
