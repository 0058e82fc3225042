import { randomUUID } from 'node:crypto';
import { BaseError, type Sequelize, type Transaction } from 'sequelize';
import { newId } from '../../src/lib/ids';

/** Rows by plain SQL, past every check in the code: what the database itself lets in. */
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

/** A conversation with its application and, where it is new, its candidate. */
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

/** The error that the database answers with; a test fails where there is none. */
export async function databaseError(work: Promise<unknown>): Promise<BaseError> {
  try {
    await work;
  } catch (error) {
    if (error instanceof BaseError) return error;
    throw error;
  }
  throw new Error('the database let it in');
}

/** The name of the constraint that refused this work. */
export async function violatedConstraint(work: Promise<unknown>): Promise<unknown> {
  const error = await databaseError(work);
  const parent: unknown = 'parent' in error ? error.parent : undefined;
  if (typeof parent === 'object' && parent && 'constraint' in parent && parent.constraint)
    return parent.constraint;
  throw error;
}

const TABLES = ['candidates', 'applications', 'conversations', 'events'];

/** Everything that the database holds, to see whether something changed. */
export async function readAllRows(sequelize: Sequelize): Promise<unknown[][]> {
  const tables = TABLES.map((table) =>
    sequelize.query(`SELECT to_jsonb(${table}) AS row FROM ${table} ORDER BY id`),
  );
  return (await Promise.all(tables)).map(([rows]) => rows);
}

/** How many candidates, applications, conversations and events there are. */
export async function countRows(sequelize: Sequelize): Promise<number[]> {
  return (await readAllRows(sequelize)).map((rows) => rows.length);
}
