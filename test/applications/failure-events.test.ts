import { findApplication } from '../../src/applications/find';
import { recordFailure } from '../../src/applications/record-failure';
import { replayApplication } from '../../src/applications/replay';
import { recordUnrecordedFailures } from '../../src/applications/unrecorded-failures';
import type { ApplicationEvent } from '../../src/lib/domain';
import { createFailed, createRejected, processApplication } from '../support/applications';
import { refuseCandidate } from '../support/database-faults';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';
import { useQueue } from '../support/queue';
import { drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

const eventsOf = ({ id }: ApplicationEvent) =>
  stores.database.events.findAll({ where: { applicationId: id }, order: ['createdAt', 'id'] });
const typesOf = async (event: ApplicationEvent) => (await eventsOf(event)).map(({ type }) => type);
const fail = (event: ApplicationEvent, reason: string) =>
  recordFailure(stores.database, jobData(event), reason);

it('writes an event with the outcome when an application fails, and another when it fails again', async () => {
  const event = await createFailed(stores, 'first');
  const first = await findApplication(stores.database, queue.applications, event.id);
  await fail(event, 'second');
  const second = await findApplication(stores.database, queue.applications, event.id);
  expect((await eventsOf(event)).map(({ type, data }) => ({ type, data }))).toEqual([
    { type: 'application.failed', data: first },
    { type: 'application.failed', data: second },
  ]);
});

it('writes the event of the outcome after the failure', async () => {
  const event = await createFailed(stores);
  await processApplication(stores.database, jobData(event));
  expect(await typesOf(event)).toEqual(['application.failed', 'conversation.created']);
});

it('writes no event for a failure that replaces no outcome', async () => {
  const event = await createRejected(stores);
  await fail(event, 'it broke');
  expect(await typesOf(event)).toEqual(['application.rejected']);
});

it('stores no failure without its event', async () => {
  const event = applicationEvent();
  const { sequelize } = stores.database;
  await sequelize.query(
    `ALTER TABLE events ADD CONSTRAINT no_failures CHECK (application_id <> '${event.id}')`,
  );
  await expect(fail(event, 'it broke')).rejects.toMatchObject({ code: 'REFUSED' });
  await sequelize.query('ALTER TABLE events DROP CONSTRAINT no_failures');
  expect(await stores.database.applications.findByPk(event.id)).toBeNull();
});

it('writes one event for a failure that two workers record at once', async () => {
  const event = await createRejected(stores);
  const removeFault = await refuseCandidate(stores.database.sequelize, event.candidate_id, {
    sqlState: '23514',
  });
  const rejected = await stores.database.applications.findByPk(event.id);
  await replayApplication(stores.database, queue.applications, event.id, 'test');
  await drainQueue(stores, queue);
  await removeFault();
  // As if the worker had been killed before it recorded the failure.
  await stores.database.applications.update(
    { status: 'REJECTED', reason: 'ACTIVE_CONVERSATION', processedAt: rejected?.processedAt ?? new Date() },
    { where: { id: event.id } },
  );
  const record = () => recordUnrecordedFailures(stores.database, queue.applications, new Date(0));
  await Promise.all([record(), record()]);
  expect(await typesOf(event)).toEqual(['application.rejected', 'application.failed', 'application.failed']);
});
