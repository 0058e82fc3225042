import { randomUUID } from 'node:crypto';
import { ConvError } from '../../src/lib/errors';
import { withDatabaseErrors } from '../../src/models/database-errors';
import { useDatabase } from '../support/database';
import { insertCandidate, insertConversation } from '../support/rows';

const stores = useDatabase();

const run = (sql: string, replacements: unknown[] = []) =>
  stores.database.sequelize.query(sql, { replacements });

/** Returns the ConvError that the database's refusal is translated to. */
async function errorOf(work: () => Promise<unknown>): Promise<ConvError> {
  try {
    await withDatabaseErrors(work);
  } catch (error) {
    if (error instanceof ConvError) return error;
    throw error;
  }
  throw new Error('the database accepted it');
}

const plant = (row?: Parameters<typeof insertConversation>[1]) =>
  insertConversation(stores.database.sequelize, row);

it('reports a second active conversation as a conflict', async () => {
  const { candidate_id } = await plant();
  expect(await errorOf(() => plant({ candidate_id }))).toMatchObject({
    code: 'CONFLICT',
    retry: 'never',
    detail: 'the candidate has an active conversation already',
  });
});

it('reports a second conversation for the same job as a conflict', async () => {
  const { candidate_id, job_id } = await plant({ status: 'COMPLETED' });
  expect(await errorOf(() => plant({ candidate_id, job_id }))).toMatchObject({
    code: 'CONFLICT',
    detail: 'the candidate has a conversation for this job already',
  });
});

it('reports a second conversation for the same application as a conflict', async () => {
  const { application_id } = await plant();
  expect(await errorOf(() => plant({ application_id }))).toMatchObject({
    code: 'CONFLICT',
    detail: 'the application has a conversation already',
  });
});

it('reports a move backwards as a conflict that names the order', async () => {
  const { id } = await plant({ status: 'ONGOING' });
  const work = () => run(`UPDATE conversations SET status = 'CREATED' WHERE id = ?`, [id]);
  expect(await errorOf(work)).toMatchObject({
    code: 'CONFLICT',
    detail: 'a conversation moves forward one step at a time: CREATED, ONGOING, COMPLETED',
  });
});

it('reports a number that is not E.164 as invalid input', async () => {
  const work = () => insertCandidate(stores.database.sequelize, randomUUID(), '0');
  expect(await errorOf(work)).toMatchObject({ code: 'INVALID', detail: 'a phone number is stored in E.164' });
});

it('reports an unknown status as invalid input that names the valid ones', async () => {
  const error = await errorOf(() => plant({ status: 'DONE' }));
  expect(error).toMatchObject({ code: 'INVALID', detail: 'a conversation is CREATED, ONGOING or COMPLETED' });
});

it('reports a second outcome of the same application as contention', async () => {
  const sql = `INSERT INTO applications (id, job_id, candidate_id, status, reason, payload, received_at, processed_at)
    VALUES ('twice', 'j', 'c', 'FAILED', 'it broke', '{}', now(), now())`;
  await run(sql);
  expect(await errorOf(() => run(sql))).toMatchObject({ code: 'CONTENTION', retry: 'contention' });
});

it('names a constraint without its own message, and never the data', async () => {
  const error = await errorOf(() => plant({ application_id: 'x'.repeat(256) }));
  expect(error).toMatchObject({ code: 'REFUSED', retry: 'never' });
  expect(error.detail).toContain('applications_id_has_1_to_255_characters');
  expect(error.detail).not.toContain('xxx');
});

it('keeps the error of the driver as the cause, for the log', async () => {
  const error = await errorOf(() => plant({ status: 'DONE' }));
  expect(error.cause).toHaveProperty('parent.constraint', 'conversations_status_is_known');
});
