import { QueryTypes } from 'sequelize';
import { processApplications } from '../../src/applications/process';
import { recordFailure } from '../../src/applications/record-failure';
import { eraseCandidate } from '../../src/candidates/erase';
import { createBatcher } from '../../src/worker/batcher';
import { processApplication } from '../support/applications';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent, jobData } from '../support/factories';
import { traceablePerson, NO_TRACES, findTraces } from '../support/traceable-person';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

/** Erases a candidate, and returns job data that a worker had taken before. */
async function createLateJobData() {
  const person = traceablePerson();
  const known = jobData(person.event());
  await processApplication(stores.database, known);
  const late = jobData({ ...person.event(), candidate_id: known.event.candidate_id });
  await eraseCandidate(stores.database, queue.applications, known.event.candidate_id);
  return { person, late };
}

async function countLockWaiters(): Promise<number> {
  const [rows] = await stores.database.sequelize.query(
    `SELECT FROM pg_locks WHERE NOT granted AND locktype = 'advisory'
     AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  return rows.length;
}

it('refuses an application that was received before the erasure and stores nothing of it', async () => {
  const { person, late } = await createLateJobData();
  await expect(processApplication(stores.database, late)).rejects.toMatchObject({
    code: 'ERASED',
    retry: 'never',
  });
  expect(await stores.database.applications.findByPk(late.event.id)).toBeNull();
  expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
});

it('processes the other applications of its batch together, in one transaction', async () => {
  const { late } = await createLateJobData();
  const neighbours = Array.from({ length: 20 }, () => jobData(applicationEvent()));
  const batcher = createBatcher(stores.database, 'reject');
  const results = await Promise.allSettled(
    [late, ...neighbours].map((data) => batcher.processBatched(data, false)),
  );
  expect(results[0]).toMatchObject({ status: 'rejected', reason: { code: 'ERASED' } });
  const [count] = await stores.database.sequelize.query(
    'SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS transactions FROM applications WHERE id IN (:ids)',
    { type: QueryTypes.SELECT, replacements: { ids: neighbours.map(({ event }) => event.id) } },
  );
  expect(count).toEqual({ rows: 20, transactions: 1 });
});

it('is refused beside a later application of the same candidate, which is processed', async () => {
  const { late } = await createLateJobData();
  const { candidate_id } = late.event;
  const received_at = new Date(Date.now() + 1000).toISOString();
  const later = jobData(applicationEvent({ candidate_id }), { received_at });
  const results = await processApplications(stores.database, [late, later]);
  expect(results).toMatchObject([{ code: 'ERASED' }, { outcome: { reason: 'ACTIVE_CONVERSATION' } }]);
});

it('records its failure without the data', async () => {
  const { person, late } = await createLateJobData();
  await recordFailure(stores.database, late, 'erased');
  expect(await stores.database.applications.findByPk(late.event.id)).toMatchObject({ status: 'FAILED' });
  expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
});

it('removes the data of a failure that is being recorded', async () => {
  const { sequelize } = stores.database;
  const person = traceablePerson();
  const event = person.event();
  await sequelize.query(`
    CREATE FUNCTION pause() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN PERFORM pg_advisory_xact_lock(42); RETURN NULL; END $$;
    CREATE TRIGGER pause AFTER INSERT ON applications FOR EACH ROW WHEN (NEW.status = 'FAILED') EXECUTE FUNCTION pause()`);
  const pause = await sequelize.transaction();
  await sequelize.query('SELECT pg_advisory_xact_lock(42)', { transaction: pause });
  await enqueue(queue, event);
  const recorded = recordFailure(stores.database, jobData(event), 'it broke');
  await eventually(async () => (await countLockWaiters()) === 1);
  const erased = eraseCandidate(stores.database, queue.applications, event.candidate_id);
  await Promise.race([erased, eventually(async () => (await countLockWaiters()) === 2)]);
  await pause.rollback();
  await Promise.all([recorded, erased]);
  await sequelize.query('DROP FUNCTION pause CASCADE');
  expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
});

it('processes an application that is received after the erasure', async () => {
  const { late } = await createLateJobData();
  const again = jobData(applicationEvent({ candidate_id: late.event.candidate_id }), {
    received_at: new Date(Date.now() + 1000).toISOString(),
  });
  expect(await processApplication(stores.database, again)).toMatchObject({ reason: 'ACTIVE_CONVERSATION' });
});
