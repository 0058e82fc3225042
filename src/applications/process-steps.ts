import { QueryTypes, type Transaction } from 'sequelize';
import type { OutcomeStatus, RejectionReason, StoredApplicationEvent } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { NewId } from '../lib/ids';
import type { ConversationRecord } from '../lib/present';
import type { Database } from '../models/connect';
import type { ApplicationJobData } from '../queue/applications';
import type { TraceContext } from '../tracing/tracing';

/** The steps of src/applications/process.ts, in their order, but for lock-candidates.ts: one statement each for the whole batch, with an array per column. */

/** What the rules need to know of an application. */
export type IncomingApplication = Pick<ApplicationJobData, 'event' | 'received_at' | 'replaces'> & {
  /** The span of its processing, which the events that it causes continue. */
  processing?: TraceContext;
};

/** An application without a final outcome, and the id of the conversation that it may become. */
export interface OpenApplication extends IncomingApplication {
  conversation: NewId;
}

/** A stored outcome. */
export interface ExistingOutcome {
  id: string;
  status: OutcomeStatus;
  reason: string | null;
  conversation_id: string | null;
  received_at: Date;
  processed_at: Date;
  /** Only of a DEFERRED application: the event that waits. */
  deferred: StoredApplicationEvent | null;
}

/** An outcome to be stored. */
export interface NewOutcome {
  application: OpenApplication;
  status: Exclude<OutcomeStatus, 'FAILED'>;
  reason: RejectionReason | null;
  conversation_id: string | null;
}

/** Returns the error for a batch that another worker interfered with; the batch starts over. */
export function concurrentChange(): ConvError {
  return new ConvError('CONCURRENT_CHANGE', 'another worker processed the application at the same time');
}

const FIND_OUTCOMES = `
SELECT id, status, reason, conversation_id, received_at, processed_at,
  CASE status WHEN 'DEFERRED' THEN payload END AS deferred
FROM applications WHERE id = ANY ($1::text[])`;

/** Returns the stored outcomes, by application id. */
export async function findExistingOutcomes(
  { sequelize }: Database,
  transaction: Transaction,
  applications: readonly IncomingApplication[],
): Promise<Map<string, ExistingOutcome>> {
  const rows = await sequelize.query<ExistingOutcome>(FIND_OUTCOMES, {
    type: QueryTypes.SELECT,
    bind: [applications.map(({ event }) => event.id)],
    transaction,
  });
  return new Map(rows.map((row) => [row.id, row]));
}

/** The unique constraints decide; a refused application returns no row. */
const INSERT_CONVERSATIONS = `
INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
SELECT id, application_id, candidate_id, job_id, 'CREATED', created_at, created_at
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[])
  AS one (id, application_id, candidate_id, job_id, created_at)
ON CONFLICT DO NOTHING RETURNING application_id`;

/** Returns the row that is inserted. Reading it back as a model costs the worker a tenth of its time. */
function toConversation({ event, conversation: { id, createdAt } }: OpenApplication): ConversationRecord {
  const { id: applicationId, candidate_id: candidateId, job_id: jobId } = event;
  return { id, applicationId, candidateId, jobId, status: 'CREATED', createdAt, updatedAt: createdAt };
}

/** Inserts a conversation for each application that the constraints accept, and returns those, by application id. */
export async function insertConversations(
  { sequelize }: Database,
  transaction: Transaction,
  applications: readonly OpenApplication[],
): Promise<Map<string, ConversationRecord>> {
  const bind = [
    applications.map(({ conversation }) => conversation.id),
    applications.map(({ event }) => event.id),
    applications.map(({ event }) => event.candidate_id),
    applications.map(({ event }) => event.job_id),
    applications.map(({ conversation }) => conversation.createdAt.toISOString()),
  ];
  const rows = await sequelize.query<{ application_id: string }>(INSERT_CONVERSATIONS, {
    type: QueryTypes.SELECT,
    bind,
    transaction,
  });
  const accepted = new Set(rows.map((row) => row.application_id));
  const created = applications.filter(({ event }) => accepted.has(event.id)).map(toConversation);
  return new Map(created.map((conversation) => [conversation.applicationId, conversation]));
}

/** One conversation per candidate and job comes first: that refusal is final. */
const EXPLAIN_REFUSALS = `
SELECT one.id, CASE
  WHEN EXISTS (SELECT FROM conversations WHERE candidate_id = one.candidate_id
    AND job_id = one.job_id AND application_id <> one.id) THEN 'DUPLICATE_APPLICATION'
  WHEN EXISTS (SELECT FROM conversations WHERE candidate_id = one.candidate_id
    AND status IN ('CREATED', 'ONGOING') AND application_id <> one.id) THEN 'ACTIVE_CONVERSATION'
END AS reason
FROM unnest($1::text[], $2::text[], $3::text[]) AS one (id, candidate_id, job_id)`;

/** Returns the rule that refused each application, by application id; none where the reason is gone by now. */
export async function explainRefusals(
  { sequelize }: Database,
  transaction: Transaction,
  refused: readonly OpenApplication[],
): Promise<Map<string, RejectionReason>> {
  if (refused.length === 0) return new Map();
  const events = refused.map(({ event }) => event);
  const rows = await sequelize.query<{ id: string; reason: RejectionReason | null }>(EXPLAIN_REFUSALS, {
    type: QueryTypes.SELECT,
    bind: [events.map(({ id }) => id), events.map((e) => e.candidate_id), events.map((e) => e.job_id)],
    transaction,
  });
  return new Map(rows.flatMap(({ id, reason }) => (reason === null ? [] : [[id, reason] as const])));
}

/** Returns the time of receipt that is stored with an outcome: a DEFERRED application keeps its first. */
export function receivedAt(
  { received_at }: IncomingApplication,
  existing: ExistingOutcome | undefined,
): Date {
  return existing?.status === 'DEFERRED' ? existing.received_at : new Date(received_at);
}

/** An outcome replaces only the one that was read before ($10). */
const RECORD_OUTCOMES = `
INSERT INTO applications AS known
  (id, job_id, candidate_id, payload, received_at, processed_at, status, reason, conversation_id)
SELECT id, job_id, candidate_id, payload, received_at, $9, status, reason, conversation_id
FROM unnest($1::text[], $2::text[], $3::text[], $4::jsonb[], $5::timestamptz[], $6::text[], $7::text[], $8::uuid[])
  AS one (id, job_id, candidate_id, payload, received_at, status, reason, conversation_id)
ON CONFLICT (id) DO UPDATE SET job_id = EXCLUDED.job_id, candidate_id = EXCLUDED.candidate_id,
  payload = EXCLUDED.payload, received_at = EXCLUDED.received_at, processed_at = EXCLUDED.processed_at,
  status = EXCLUDED.status, reason = EXCLUDED.reason,
  conversation_id = EXCLUDED.conversation_id, dismissed_at = NULL, dismissed_by = NULL
WHERE (known.id, known.processed_at) IN (SELECT * FROM unnest($10::text[], $11::timestamptz[]))
RETURNING id`;

/**
 * Stores the outcomes.
 * @throws ConvError CONCURRENT_CHANGE where another worker stored one of them at the same time
 */
export async function recordOutcomes(
  { sequelize }: Database,
  transaction: Transaction,
  outcomes: readonly NewOutcome[],
  processedAt: Date,
  existing: ReadonlyMap<string, ExistingOutcome>,
): Promise<void> {
  const events = outcomes.map(({ application }) => application.event);
  const replaced = events.flatMap(({ id }) => existing.get(id) ?? []);
  const bind = [
    events.map(({ id }) => id),
    events.map(({ job_id }) => job_id),
    events.map(({ candidate_id }) => candidate_id),
    events.map((event) => JSON.stringify(event)),
    outcomes.map(({ application }) => receivedAt(application, existing.get(application.event.id))),
    outcomes.map(({ status }) => status),
    outcomes.map(({ reason }) => reason),
    outcomes.map(({ conversation_id }) => conversation_id),
    processedAt,
    replaced.map(({ id }) => id),
    replaced.map(({ processed_at }) => processed_at),
  ];
  const rows = await sequelize.query(RECORD_OUTCOMES, { type: QueryTypes.SELECT, bind, transaction });
  if (rows.length < outcomes.length) throw concurrentChange();
}
