import { processApplication } from '../../src/applications/process';
import { recordFailure } from '../../src/applications/record-failure';
import { useDatabase } from '../support/database';
import { applicationEvent, delivery } from '../support/factories';

const stores = useDatabase();

const eventsOf = (applicationId: string) => stores.database.events.count({ where: { applicationId } });

/** A candidate in an active conversation, and a delivery that it stands against. */
async function refusedDelivery() {
  const active = applicationEvent();
  await processApplication(stores.database, delivery(active));
  return delivery(applicationEvent({ candidate_id: active.candidate_id }));
}

async function twiceAtOnce(sent: ReturnType<typeof delivery>) {
  return Promise.all([processApplication(stores.database, sent), processApplication(stores.database, sent)]);
}

it('tells of a rejection once where its replay is decided by two workers at once', async () => {
  const refused = await refusedDelivery();
  const { processed_at } = await processApplication(stores.database, refused);
  const outcomes = await twiceAtOnce({ ...refused, replaces: processed_at });
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['REJECTED']));
  expect(await eventsOf(refused.event.id)).toBe(2); // the first, and that of the replay
});

it('tells of a rejection once where a failed application is decided by two workers at once', async () => {
  const refused = await refusedDelivery();
  await recordFailure(stores.database, refused, 'on purpose');
  await twiceAtOnce(refused);
  expect(await eventsOf(refused.event.id)).toBe(1);
});
