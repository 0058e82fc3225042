import { processApplication, processApplications } from '../../src/applications/process';
import { recordFailure } from '../../src/applications/record-failure';
import { eraseCandidate } from '../../src/candidates/erase';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { traceablePerson, NO_TRACES, findTraces } from '../support/traceable-person';
import { useQueue } from '../support/queue';

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

it('refuses an application that was received before the erasure and stores nothing of it', async () => {
  const { person, late } = await createLateJobData();
  await expect(processApplication(stores.database, late)).rejects.toMatchObject({
    code: 'ERASED',
    retry: 'never',
  });
  expect(await stores.database.applications.findByPk(late.event.id)).toBeNull();
  expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
});

it('refuses a whole batch that contains one, and processes the others alone', async () => {
  const { late } = await createLateJobData();
  const neighbour = jobData(applicationEvent());
  await expect(processApplications(stores.database, [neighbour, late])).rejects.toMatchObject({
    code: 'ERASED',
  });
  expect(await processApplication(stores.database, neighbour)).toMatchObject({ status: 'ACCEPTED' });
});

it('records its failure without the data', async () => {
  const { person, late } = await createLateJobData();
  await recordFailure(stores.database, late, 'erased');
  expect(await stores.database.applications.findByPk(late.event.id)).toMatchObject({ status: 'FAILED' });
  expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
});

it('processes an application that is received after the erasure', async () => {
  const { late } = await createLateJobData();
  const again = jobData(applicationEvent({ candidate_id: late.event.candidate_id }), {
    received_at: new Date(Date.now() + 1000).toISOString(),
  });
  expect(await processApplication(stores.database, again)).toMatchObject({ reason: 'ACTIVE_CONVERSATION' });
});
