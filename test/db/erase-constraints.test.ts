import { useDatabase } from '../support/database';
import { createConversation, processEvent } from '../support/applications';
import { applicationEvent } from '../support/factories';
import { violatedConstraint, insertCandidate } from '../support/rows';

const stores = useDatabase();

const run = (sql: string, ...replacements: unknown[]) =>
  stores.database.sequelize.query(sql, { replacements });

const NO_DATA = 'phone_number = NULL, first_name = NULL, last_name = NULL, email_address = NULL';

describe('candidates_have_data_unless_erased', () => {
  it.each(['phone_number', 'first_name', 'last_name', 'email_address'])(
    'refuses to remove only %s, with or without a time of erasure',
    async (column) => {
      const { candidate_id } = applicationEvent();
      await insertCandidate(stores.database.sequelize, candidate_id);
      for (const erased of ['', ', erased_at = now()']) {
        const work = run(`UPDATE candidates SET ${column} = NULL${erased} WHERE id = ?`, candidate_id);
        expect(await violatedConstraint(work)).toBe('candidates_have_data_unless_erased');
      }
    },
  );

  it('refuses to remove all data without a time of erasure', async () => {
    const { candidate_id } = applicationEvent();
    await insertCandidate(stores.database.sequelize, candidate_id);
    const work = run(`UPDATE candidates SET ${NO_DATA} WHERE id = ?`, candidate_id);
    expect(await violatedConstraint(work)).toBe('candidates_have_data_unless_erased');
  });

  it('refuses a new candidate without data', async () => {
    const work = run('INSERT INTO candidates (id) VALUES (?)', applicationEvent().candidate_id);
    expect(await violatedConstraint(work)).toBe('candidates_have_data_unless_erased');
  });
});

describe('applications_stay_erased', () => {
  const insert = (id: string, candidate: string, status: string, received: string) =>
    run(
      `INSERT INTO applications (id, job_id, candidate_id, status, reason, payload, received_at, processed_at)
       VALUES (?, 'j', ?, ?, 'ACTIVE_CONVERSATION', '{"candidate": {"first_name": "Zoe"}}', ${received}, now())`,
      id,
      candidate,
      status,
    );

  const payloadOf = async (id: string) => (await stores.database.applications.findByPk(id))?.payload;

  /** Inserts a candidate who was erased a second ago. */
  async function insertErasedCandidate(): Promise<string> {
    const { candidate_id } = applicationEvent();
    await run(`INSERT INTO candidates (id, erased_at) VALUES (?, now() - interval '1 s')`, candidate_id);
    return candidate_id;
  }

  it('refuses an outcome of an application received before the erasure, and accepts a later one unchanged', async () => {
    const [one, other, candidate] = [
      applicationEvent().id,
      applicationEvent().id,
      await insertErasedCandidate(),
    ];
    const early = insert(one, candidate, 'REJECTED', `now() - interval '2 s'`);
    expect(await violatedConstraint(early)).toBe('applications_stay_erased');
    await insert(other, candidate, 'REJECTED', 'now()');
    expect(await payloadOf(other)).toEqual({ candidate: { first_name: 'Zoe' } });
  });

  it('stores a failure without personal data', async () => {
    const [id, candidate] = [applicationEvent().id, await insertErasedCandidate()];
    await insert(id, candidate, 'FAILED', `now() - interval '2 s'`);
    expect(await payloadOf(id)).toEqual({ candidate: null });
  });

  it('neither restores the data of an erased application nor accepts another outcome of it', async () => {
    const event = applicationEvent();
    await createConversation(stores, 'CREATED', event);
    const second = applicationEvent({ candidate_id: event.candidate_id });
    await processEvent(stores, second);
    await run(`UPDATE applications SET payload = payload || '{"candidate": null}' WHERE id = ?`, second.id);
    await run(`UPDATE applications SET payload = ? WHERE id = ?`, JSON.stringify(second), second.id);
    expect(await payloadOf(second.id)).toMatchObject({ id: second.id, candidate: null });
    const again = run(
      `UPDATE applications SET processed_at = now() + interval '1 s' WHERE id = ?`,
      second.id,
    );
    expect(await violatedConstraint(again)).toBe('applications_stay_erased');
  });
});
