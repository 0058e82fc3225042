import { randomUUID } from 'node:crypto';
import { useDatabase } from '../support/database';
import { violatedConstraint, insertCandidate, insertConversation } from '../support/rows';

const stores = useDatabase();

const run = (sql: string, replacements: unknown[] = []) =>
  stores.database.sequelize.query(sql, { replacements });

const insert = (...row: Parameters<typeof insertConversation> extends [unknown, ...infer R] ? R : never) =>
  insertConversation(stores.database.sequelize, ...row);

describe('conversations_one_active_per_candidate', () => {
  it.each(['CREATED', 'ONGOING'])('refuses a second conversation while one is %s', async (status) => {
    const { candidate_id } = await insert({ status });
    expect(await violatedConstraint(insert({ candidate_id }))).toBe('conversations_one_active_per_candidate');
  });

  it('accepts a second conversation for another job when the first is COMPLETED', async () => {
    const { candidate_id } = await insert({ status: 'COMPLETED' });
    await expect(insert({ candidate_id })).resolves.toMatchObject({ status: 'CREATED' });
  });

  it('refuses to move a conversation to a candidate who has an active one', async () => {
    const [first, second] = [await insert(), await insert()];
    const work = run('UPDATE conversations SET candidate_id = ? WHERE id = ?', [
      first.candidate_id,
      second.id,
    ]);
    expect(await violatedConstraint(work)).toBe('conversations_one_active_per_candidate');
  });
});

it.each(['CREATED', 'ONGOING', 'COMPLETED'])(
  'conversations_one_per_candidate_and_job refuses a second one for the same job while the first is %s',
  async (status) => {
    const { candidate_id, job_id } = await insert({ status });
    const second = insert({ candidate_id, job_id, status: 'COMPLETED' });
    expect(await violatedConstraint(second)).toBe('conversations_one_per_candidate_and_job');
  },
);

it('conversations_one_per_application refuses a second one for the same application', async () => {
  const { application_id } = await insert();
  expect(await violatedConstraint(insert({ application_id }))).toBe('conversations_one_per_application');
});

it.each(['created', 'DONE', '', ' CREATED'])('conversations_status_is_known refuses %j', async (status) => {
  expect(await violatedConstraint(insert({ status }))).toBe('conversations_status_is_known');
});

it('conversations_application_id_fkey refuses a conversation without its application at the commit', async () => {
  const { candidate_id } = await insert({ status: 'COMPLETED' });
  const work = run(
    `INSERT INTO conversations (id, application_id, candidate_id, job_id) VALUES (?, 'none', ?, 'j')`,
    [randomUUID(), candidate_id],
  );
  expect(await violatedConstraint(work)).toBe('conversations_application_id_fkey');
});

it('conversations_candidate_id_fkey refuses to delete a candidate who has a conversation', async () => {
  const { candidate_id } = await insert();
  const work = run('DELETE FROM candidates WHERE id = ?', [candidate_id]);
  expect(await violatedConstraint(work)).toBe('conversations_candidate_id_fkey');
});

it('applications_conversation_id_fkey refuses to delete the conversation of an application', async () => {
  const { id } = await insert();
  expect(await violatedConstraint(run('DELETE FROM conversations WHERE id = ?', [id]))).toBe(
    'applications_conversation_id_fkey',
  );
});

describe('candidates_phone_number_is_e164', () => {
  const candidate = (phone: string) => insertCandidate(stores.database.sequelize, randomUUID(), phone);

  it.each([
    ['14155552671'],
    ['+04155552671'],
    ['+1'],
    ['+1234567890123456'],
    ['+1 4155552671'],
    ['+1415555267x'],
    [' +14155552671'],
    ['+14155552671\n'],
    ['+\u0661\u0662\u0663\u0664\u0665'],
    [''],
  ])('refuses %j', async (phone) => {
    expect(await violatedConstraint(candidate(phone))).toBe('candidates_phone_number_is_e164');
  });

  it.each([['+12'], ['+14155552671'], ['+123456789012345']])('accepts %j', async (phone) => {
    await expect(candidate(phone)).resolves.toBeUndefined();
  });

  it('refuses to change a phone number to an invalid one', async () => {
    const { candidate_id } = await insert();
    const work = run(`UPDATE candidates SET phone_number = '0' WHERE id = ?`, [candidate_id]);
    expect(await violatedConstraint(work)).toBe('candidates_phone_number_is_e164');
  });
});
