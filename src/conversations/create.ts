import { Op, QueryTypes, type Transaction } from 'sequelize';
import type { ApplicationEvent, ConversationView, RejectionReason } from '../domain';
import { ConvError } from '../errors';
import { newId } from '../ids';
import type { Database } from '../models/connect';

/** Either the conversation, or the rule of the domain that says no. */
export type Creation = { conversation: ConversationView } | { refusal: RejectionReason };

/** PostgreSQL decides: a row comes back only where no constraint stood against it. */
const INSERT = `
INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
VALUES (:id, :application_id, :candidate_id, :job_id, :status, :created_at, :updated_at)
ON CONFLICT DO NOTHING RETURNING id`;

function newConversation(event: ApplicationEvent): ConversationView {
  const { id, createdAt } = newId();
  const created_at = createdAt.toISOString();
  const { id: application_id, candidate_id, job_id } = event;
  return { id, application_id, candidate_id, job_id, status: 'CREATED', created_at, updated_at: created_at };
}

/**
 * Which rule refused. One ever per candidate and job weighs more than one active per candidate: it is final, while the
 * other passes when the active conversation is completed.
 */
async function refusal(
  database: Database,
  transaction: Transaction,
  event: ApplicationEvent,
): Promise<RejectionReason> {
  const obstacles = await database.conversations.findAll({
    where: {
      candidateId: event.candidate_id,
      [Op.or]: [{ jobId: event.job_id }, { status: ['CREATED', 'ONGOING'] }],
    },
    transaction,
  });
  const ours = obstacles.some((other) => other.applicationId === event.id);
  if (ours || obstacles.length === 0)
    throw new ConvError('CONTENTION', 'what stood against the conversation changed meanwhile');
  return obstacles.some((other) => other.jobId === event.job_id)
    ? 'DUPLICATE_APPLICATION'
    : 'ACTIVE_CONVERSATION';
}

/** Creates the candidate's conversation for the event's job, unless a constraint refuses. */
export async function createConversation(
  database: Database,
  transaction: Transaction,
  event: ApplicationEvent,
): Promise<Creation> {
  const conversation = newConversation(event);
  const replacements = { ...conversation };
  const rows = await database.sequelize.query(INSERT, { type: QueryTypes.SELECT, replacements, transaction });
  return rows.length > 0 ? { conversation } : { refusal: await refusal(database, transaction, event) };
}
