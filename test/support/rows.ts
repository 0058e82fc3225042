import { randomUUID } from 'node:crypto';
import { BaseError, type Sequelize, type Transaction } from 'sequelize';
import { newId } from '../../src/lib/ids';

/** Inserts a candidate by plain SQL, without any check in the code. */
export async function insertCandidate(
  sequelize: Sequelize,
  id: string,
  phone = '+14155552671',
  transaction: Transaction | null = null,
): Promise<void> {
  await sequelize.query(
    `INSERT INTO candidates (id, phone_number, first_name, last_name, email_address) VALUES (?, ?, 'a', 'b', 'a@b.ch')`,
    { replacements: [id, phone], transaction },
  );
}

export interface ConversationRow {
  id: string;
  application_id: string;
  candidate_id: string;
  job_id: string;
  status: string;
}

/** Inserts a conversation with its application and, if it is new, its candidate. */
export async function insertConversation(
  sequelize: Sequelize,
  overrides: Partial<ConversationRow> = {},
): Promise<ConversationRow> {
  const unique = randomUUID();
  const row = {
    id: newId().id,
    application_id: `application-${unique}`,
    candidate_id: `candidate-${unique}`,
    job_id: `job-${unique}`,
    status: 'CREATED',
    ...overrides,
  };
  await sequelize.query(
    `WITH candidate AS (
       INSERT INTO candidates (id, phone_number, first_name, last_name, email_address)
       VALUES (:candidate_id, '+14155552671', 'a', 'b', 'a@b.ch') ON CONFLICT DO NOTHING),
     application AS (
       INSERT INTO applications (id, job_id, candidate_id, status, conversation_id, payload, received_at, processed_at)
       VALUES (:application_id, :job_id, :candidate_id, 'ACCEPTED', :id, '{}', now(), now()) ON CONFLICT DO NOTHING)
     INSERT INTO conversations (id, application_id, candidate_id, job_id, status)
     VALUES (:id, :application_id, :candidate_id, :job_id, :status)`,
    { replacements: row },
  );
  return row;
}

/** Returns the error of a statement that the database must refuse. */
export async function databaseError(work: Promise<unknown>): Promise<BaseError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BaseError) return error;
    throw error;
  }
  throw new Error('the database accepted it');
}

/** Returns the name of the constraint that refuses a statement. */
export async function violatedConstraint(work: Promise<unknown>): Promise<unknown> {
  const error = await databaseError(work);
  const parent: unknown = 'parent' in error ? error.parent : undefined;
  if (typeof parent === 'object' && parent && 'constraint' in parent && parent.constraint)
    return parent.constraint;
  throw error;
}

const TABLES = ['candidates', 'applications', 'conversations', 'events'];

/** Returns all rows, to compare them with a later state. */
export async function readAllRows(sequelize: Sequelize): Promise<unknown[][]> {
  const tables = TABLES.map((table) =>
    sequelize.query(`SELECT to_jsonb(${table}) AS row FROM ${table} ORDER BY id`),
  );
  return (await Promise.all(tables)).map(([rows]) => rows);
}

/** Returns the numbers of candidates, applications, conversations and events. */
export async function countRows(sequelize: Sequelize): Promise<number[]> {
  return (await readAllRows(sequelize)).map((rows) => rows.length);
}
