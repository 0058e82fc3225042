import { findApplication } from '../../src/applications/find';
import { listApplications } from '../../src/applications/list';
import { replayApplication } from '../../src/applications/replay';
import { recordUnrecordedFailures } from '../../src/applications/unrecorded-failures';
import { clearTables, useDatabase } from '../support/database';
import { createRejected } from '../support/applications';
import { refuseCandidate } from '../support/database-faults';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { silentLog, useQueue } from '../support/queue';
import { drainQueue, failPermanently } from '../support/queue-jobs';
import { startFailureRecorder } from '../../src/worker/failure-recorder';

const stores = useDatabase();
const queue = useQueue();

beforeEach(async () => {
  await queue.bullmq.obliterate({ force: true });
  await clearTables(stores);
});

const listFailed = async () =>
  (await listApplications(stores.database, { status: ['FAILED'], order: 'asc', limit: 100 })).data.map(
    ({ id }) => id,
  );

async function failInQueueOnly(): Promise<string> {
  const event = applicationEvent();
  await failPermanently(stores, queue, event);
  await stores.database.applications.destroy({ where: { id: event.id } });
  return event.id;
}

it('records a failure that only the queue knows, once', async () => {
  const id = await failInQueueOnly();
  expect(await recordUnrecordedFailures(stores.database, queue.applications, new Date(0))).toBe(1);
  expect(await listFailed()).toEqual([id]);
  expect(await recordUnrecordedFailures(stores.database, queue.applications, new Date(0))).toBe(0);
});

it('leaves out what failed before the given time', async () => {
  await failInQueueOnly();
  const later = new Date(Date.now() + 60_000);
  expect(await recordUnrecordedFailures(stores.database, queue.applications, later)).toBe(0);
});

it('is done by the worker', async () => {
  const id = await failInQueueOnly();
  const recorder = startFailureRecorder(queue.applications, stores.database, silentLog);
  await eventually(async () => (await listFailed()).includes(id));
  await recorder.close();
});

it('a REJECTED application whose replay fails is FAILED everywhere', async () => {
  const { id, candidate_id } = await createRejected(stores);
  const removeFault = await refuseCandidate(stores.database.sequelize, candidate_id, { sqlState: '23514' });
  await replayApplication(stores.database, queue.applications, id, 'test');
  await drainQueue(stores, queue);
  await removeFault();
  expect(await findApplication(stores.database, queue.applications, id)).toMatchObject({ status: 'FAILED' });
  expect(await listFailed()).toEqual([id]);
});
