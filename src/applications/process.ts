import type { Transaction } from 'sequelize';
import { appendEvents, type NewFeedEvent } from '../events/append';
import type { RejectionReason, WhenActive } from '../lib/domain';
import { ConvError, ERASED_REASON } from '../lib/errors';
import { newId } from '../lib/ids';
import { presentApplication, presentConversation, type ConversationRecord } from '../lib/present';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import type { Outcome } from '../queue/applications';
import { isErased, isSameEvent } from './erased-event';
import {
  explainRefusals,
  findExistingOutcomes,
  insertConversations,
  receivedAt,
  recordOutcomes,
  concurrentChange,
  type ExistingOutcome,
  type IncomingApplication,
  type NewOutcome,
  type OpenApplication,
} from './process-steps';
import { lockCandidates } from './lock-candidates';

export interface ProcessedApplication {
  outcome: Outcome;
  /** False where the outcome was stored before: it is final, whatever the event says now. */
  isNew: boolean;
}

/** ERASED for an application that was received before its candidate was erased: it is left out, and the others are processed. */
export type ProcessResult = ProcessedApplication | ConvError;

/** Two workers may process the same application at once; the second one starts over and finds the outcome. */
const MAX_TRIES = 3;

/**
 * FAILED applications are processed again; a DEFERRED one only with the data that it has, because a redelivery with other data meets
 * no job any more that it could be compared with; a REJECTED one only by a replay that names the outcome it replaces.
 */
function isFinal(existing: ExistingOutcome | undefined, { event, replaces }: IncomingApplication): boolean {
  if (existing?.status === 'ACCEPTED') return true;
  if (existing?.deferred && !isErased(event)) return !isSameEvent(existing.deferred, event);
  return existing?.status === 'REJECTED' && existing.processed_at.toISOString() !== replaces;
}

/** Returns an outcome as a job's result; a final outcome is not FAILED. */
function toOutcome(
  { status, reason, conversation_id }: ExistingOutcome | NewOutcome,
  processedAt: Date,
): Outcome {
  return { status, reason, conversation_id, processed_at: processedAt.toISOString() } as Outcome;
}

function decideOutcome(
  application: OpenApplication,
  conversation: ConversationRecord | undefined,
  refusal: RejectionReason | undefined,
  whenActive: WhenActive,
): NewOutcome {
  if (conversation)
    return { application, status: 'ACCEPTED', reason: null, conversation_id: conversation.id };
  // The conversation that refused this one has completed meanwhile, or is this application's own.
  if (!refusal) throw concurrentChange();
  const status = refusal === 'ACTIVE_CONVERSATION' && whenActive === 'defer' ? 'DEFERRED' : 'REJECTED';
  return { application, status, reason: refusal, conversation_id: null };
}

/** Returns the event that an outcome causes; an application that was DEFERRED and still is causes none. */
function toFeedEvents(
  outcome: NewOutcome,
  conversation: ConversationRecord | undefined,
  existing: ExistingOutcome | undefined,
  processedAt: Date,
): NewFeedEvent[] {
  const { event, processing: trace } = outcome.application;
  if (conversation) return [{ type: 'conversation.created', data: presentConversation(conversation), trace }];
  const isDeferred = outcome.status === 'DEFERRED';
  if (isDeferred && existing?.status === 'DEFERRED') return [];
  const data = presentApplication({
    id: event.id,
    jobId: event.job_id,
    candidateId: event.candidate_id,
    status: outcome.status,
    reason: outcome.reason,
    conversationId: null,
    receivedAt: receivedAt(outcome.application, existing),
    processedAt,
  });
  return [{ type: isDeferred ? 'application.deferred' : 'application.rejected', data, trace }];
}

/** Processes applications in a transaction, as processApplications does. READ COMMITTED: each sees what others committed while an earlier one waited for a lock. */
export async function processInTransaction(
  database: Database,
  transaction: Transaction,
  applications: readonly IncomingApplication[],
  whenActive: WhenActive,
): Promise<ProcessResult[]> {
  const processedAt = new Date();
  const existing = await findExistingOutcomes(database, transaction, applications);
  const open = applications
    .filter((application) => !isFinal(existing.get(application.event.id), application))
    .map((application) => ({ ...application, conversation: newId() }));
  const outcomes = new Map<string, NewOutcome>();
  const allowed = open.length > 0 ? await lockCandidates(database, transaction, open) : [];
  if (allowed.length > 0) {
    const conversations = await insertConversations(database, transaction, allowed);
    const refused = allowed.filter(({ event }) => !conversations.has(event.id));
    const refusals = await explainRefusals(database, transaction, refused);
    for (const application of allowed) {
      const { id } = application.event;
      outcomes.set(id, decideOutcome(application, conversations.get(id), refusals.get(id), whenActive));
    }
    await recordOutcomes(database, transaction, [...outcomes.values()], processedAt, existing);
    const events = [...outcomes].flatMap(([id, outcome]) =>
      toFeedEvents(outcome, conversations.get(id), existing.get(id), processedAt),
    );
    await appendEvents(database, transaction, events);
  }
  const openIds = new Set(open.map(({ event }) => event.id));
  return applications.map(({ event }) => {
    const outcome = outcomes.get(event.id);
    if (outcome) return { outcome: toOutcome(outcome, processedAt), isNew: true };
    const final = existing.get(event.id);
    if (!final || openIds.has(event.id)) return new ConvError('ERASED', ERASED_REASON);
    return { outcome: toOutcome(final, final.processed_at), isNew: false };
  });
}

/**
 * Runs work that processes applications in a transaction. It starts over if another worker stored an outcome of the same
 * application at the same time.
 */
export async function withProcessTransaction<T>(
  { sequelize }: Database,
  work: (transaction: Transaction) => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries++) {
    try {
      return await withDatabaseErrors(() => sequelize.transaction(work));
    } catch (error) {
      const concurrent = error instanceof ConvError && error.code === 'CONCURRENT_CHANGE';
      if (!concurrent || tries === MAX_TRIES) throw error;
    }
  }
}

/**
 * Processes applications in their order: candidates, conversations, outcomes and events in one transaction, all or nothing.
 * Constraints settle races: processing one again changes nothing, and of two workers only one creates the conversation.
 * @param applications with different application ids
 * @param whenActive what happens to an application while its candidate has an active conversation
 * @returns one result per application, in the same order
 * @throws ConvError whose `retry` says whether and when a retry can succeed; for a batch it does not say which application failed
 */
export function processApplications(
  database: Database,
  applications: readonly IncomingApplication[],
  whenActive: WhenActive = 'reject',
): Promise<ProcessResult[]> {
  return withProcessTransaction(database, (transaction) =>
    processInTransaction(database, transaction, applications, whenActive),
  );
}

/** Processes one application, as processApplications does. @throws ConvError ERASED, and what processApplications throws */
export async function processOne(
  database: Database,
  application: IncomingApplication,
  whenActive?: WhenActive,
): Promise<ProcessedApplication> {
  const [result] = await processApplications(database, [application], whenActive);
  if (!result) throw new Error('one application has one result');
  if (result instanceof ConvError) throw result;
  return result;
}
