import { randomUUID } from 'node:crypto';
import { useDatabase } from '../support/database';
import { violatedConstraint, insertCandidate, insertConversation } from '../support/rows';

const stores = useDatabase();

const run = (sql: string, replacements: unknown[] = []) =>
  stores.database.sequelize.query(sql, { replacements });

interface ApplicationRow {
  id?: string;
  status?: string;
  reason?: string | null;
  conversation_id?: string | null;
  payload?: string | null;
}

function application(row: ApplicationRow): Promise<unknown> {
  return stores.database.sequelize.query(
    `INSERT INTO applications (id, job_id, candidate_id, status, reason, conversation_id, payload, received_at, processed_at)
     VALUES (:id, 'j', 'c', :status, :reason, :conversation_id, :payload, now(), now())`,
    {
      replacements: {
        ...{ id: randomUUID(), status: 'FAILED', reason: 'it broke', conversation_id: null, payload: '{}' },
        ...row,
      },
    },
  );
}

it.each<[string, ApplicationRow]>([
  ['applications_status_is_known', { status: 'QUEUED' }],
  ['applications_status_is_known', { status: 'failed' }],
  ['applications_accepted_has_conversation', { status: 'ACCEPTED', reason: null }],
  ['applications_only_accepted_has_no_reason', { status: 'FAILED', reason: null }],
  ['applications_only_accepted_has_no_reason', { status: 'REJECTED', reason: null }],
  ['applications_rejection_is_known', { status: 'REJECTED', reason: 'BAD_MOOD' }],
  ['applications_have_payload_until_settled', { status: 'FAILED', payload: null }],
  ['applications_have_payload_until_settled', { status: 'DEFERRED', payload: null }],
  ['applications_id_has_1_to_255_characters', { id: '' }],
  ['applications_id_has_1_to_255_characters', { id: 'x'.repeat(256) }],
  ['applications_conversation_id_fkey', { status: 'ACCEPTED', reason: null, conversation_id: randomUUID() }],
])('%s refuses an application with %j', async (constraint, row) => {
  expect(await violatedConstraint(application(row))).toBe(constraint);
});

it('applications_accepted_has_conversation refuses a rejection that has a conversation', async () => {
  const { id } = await insertConversation(stores.database.sequelize);
  expect(await violatedConstraint(application({ conversation_id: id }))).toBe(
    'applications_accepted_has_conversation',
  );
});

it('applications_only_accepted_has_no_reason refuses a reason for an accepted application', async () => {
  const { application_id } = await insertConversation(stores.database.sequelize);
  const work = run(`UPDATE applications SET reason = 'FAILED' WHERE id = ?`, [application_id]);
  expect(await violatedConstraint(work)).toBe('applications_only_accepted_has_no_reason');
});

it('accepts an id of 255 characters of four bytes each', async () => {
  await expect(application({ id: '\u{1f600}'.repeat(255) })).resolves.toBeDefined();
});

it.each(['', 'x'.repeat(256)])('candidates_id_has_1_to_255_characters refuses %j', async (id) => {
  const work = insertCandidate(stores.database.sequelize, id);
  expect(await violatedConstraint(work)).toBe('candidates_id_has_1_to_255_characters');
});

it('events_type_is_known refuses an event of another type', async () => {
  const work = run(
    `INSERT INTO events (id, type, application_id, data) VALUES (?, 'conversation.lost', 'a', '{}')`,
    [randomUUID()],
  );
  expect(await violatedConstraint(work)).toBe('events_type_is_known');
});

function token(row: { name?: string; hash?: string; scopes?: string }): Promise<unknown> {
  const { name = 'crm', hash = randomUUID(), scopes = '{metrics:read}' } = row;
  return run(
    'INSERT INTO api_tokens (id, name, token_hash, scopes) VALUES (?, ?, CAST(? AS bytea), CAST(? AS text[]))',
    [randomUUID(), name, hash.slice(0, 32), scopes],
  );
}

it.each([
  ['api_tokens_hash_is_sha256', { hash: 'too short' }],
  ['api_tokens_have_a_name', { name: '' }],
  ['api_tokens_have_a_name', { name: 'x'.repeat(201) }],
  ['api_tokens_have_known_scopes', { scopes: '{everything}' }],
  ['api_tokens_have_known_scopes', { scopes: '{metrics:read,everything}' }],
  ['api_tokens_have_known_scopes', { scopes: '{}' }],
])('%s refuses a token with %j', async (constraint, row) => {
  expect(await violatedConstraint(token(row))).toBe(constraint);
});

it('api_tokens_hash_is_unique refuses the same token twice', async () => {
  const hash = randomUUID();
  await token({ hash });
  expect(await violatedConstraint(token({ hash }))).toBe('api_tokens_hash_is_unique');
});
