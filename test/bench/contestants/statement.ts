import type { Pool } from 'pg';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { newId } from '../../../src/lib/ids';
import type { Answer } from './webhook-app';

const COLUMNS = [
  ['application_id', 'text'],
  ['job_id', 'text'],
  ['candidate_id', 'text'],
  ['phone_number', 'text'],
  ['first_name', 'text'],
  ['last_name', 'text'],
  ['email_address', 'text'],
  ['payload', 'jsonb'],
  ['conversation_id', 'uuid'],
  ['event_id', 'uuid'],
  ['at', 'text'],
] as const;

const names = COLUMNS.map(([name]) => name).join(', ');
const one = `SELECT ${COLUMNS.map(([name, type], n) => `$${n + 1}::${type} AS ${name}`).join(', ')}`;
const many = `SELECT * FROM unnest(${COLUMNS.map(([, type], n) => `$${n + 1}::${type}[]`).join(', ')}) AS rows (${names})`;

/** Processes applications in one statement; as in conv, the constraints decide. */
const processSql = (input: string) => `
WITH input AS MATERIALIZED (${input}),
candidate AS (
  INSERT INTO candidates (id, phone_number, first_name, last_name, email_address, created_at, updated_at)
  SELECT candidate_id, phone_number, first_name, last_name, email_address, at::timestamptz, at::timestamptz FROM input
  ON CONFLICT (id) DO UPDATE SET phone_number = EXCLUDED.phone_number, first_name = EXCLUDED.first_name,
    last_name = EXCLUDED.last_name, email_address = EXCLUDED.email_address, updated_at = EXCLUDED.updated_at
  WHERE candidates.updated_at <= EXCLUDED.updated_at),
conversation AS (
  INSERT INTO conversations (id, application_id, candidate_id, job_id, status, created_at, updated_at)
  SELECT conversation_id, application_id, candidate_id, job_id, 'CREATED', at::timestamptz, at::timestamptz FROM input
  WHERE NOT EXISTS (SELECT FROM applications WHERE id = application_id)
  ON CONFLICT DO NOTHING RETURNING id),
application AS (
  INSERT INTO applications
    (id, job_id, candidate_id, status, reason, conversation_id, payload, received_at, processed_at)
  SELECT application_id, job_id, candidate_id,
    CASE WHEN conversation.id IS NULL THEN 'REJECTED' ELSE 'ACCEPTED' END,
    CASE WHEN conversation.id IS NULL THEN CASE
      WHEN EXISTS (SELECT FROM conversations AS c WHERE c.candidate_id = input.candidate_id AND c.job_id = input.job_id)
      THEN 'DUPLICATE_APPLICATION' ELSE 'ACTIVE_CONVERSATION' END END,
    conversation.id, payload, at::timestamptz, at::timestamptz
  FROM input LEFT JOIN conversation ON conversation.id = input.conversation_id
  ON CONFLICT (id) DO NOTHING RETURNING id, status, reason),
event AS (
  INSERT INTO events (id, type, application_id, data, created_at)
  SELECT event_id, CASE status WHEN 'ACCEPTED' THEN 'conversation.created' ELSE 'application.rejected' END, application_id,
    CASE status WHEN 'ACCEPTED' THEN json_build_object('id', conversation_id, 'application_id', application_id,
      'candidate_id', candidate_id, 'job_id', job_id, 'status', 'CREATED', 'created_at', at, 'updated_at', at)
    ELSE json_build_object('id', application_id, 'job_id', job_id, 'candidate_id', candidate_id, 'status', status,
      'reason', reason, 'conversation_id', NULL, 'received_at', at, 'processed_at', at) END, at::timestamptz
  FROM application JOIN input ON application_id = application.id)
SELECT id, status FROM application`;

const ONE = { name: 'process-one', text: processSql(one) };
const MANY = { name: 'process-many', text: processSql(many) };

function rowValues(event: ApplicationEvent): unknown[] {
  const { candidate } = event;
  const { id, createdAt } = newId();
  return [
    event.id,
    event.job_id,
    event.candidate_id,
    candidate.phone_number,
    candidate.first_name,
    candidate.last_name,
    candidate.email_address,
    JSON.stringify(event),
    id,
    newId().id,
    createdAt.toISOString(),
  ];
}

const toAnswer = ({ id }: ApplicationEvent, statuses: Map<string, string>): Answer => ({
  id,
  status: statuses.get(id) ?? 'ALREADY_PROCESSED',
});

/** Processes one application with one named statement. */
export async function decideOne(pool: Pool, event: ApplicationEvent): Promise<Answer> {
  const { rows } = await pool.query<Answer>({ ...ONE, values: rowValues(event) });
  return rows[0] ?? toAnswer(event, new Map());
}

/** Processes many applications with one named statement; each has its own id and candidate. */
export async function decideMany(pool: Pool, events: readonly ApplicationEvent[]): Promise<Answer[]> {
  const values = events.map(rowValues);
  const columns = COLUMNS.map((_, n) => values.map((row) => row[n]));
  const { rows } = await pool.query<Answer>({ ...MANY, values: columns });
  const statuses = new Map(rows.map(({ id, status }) => [id, status]));
  return events.map((event) => toAnswer(event, statuses));
}
