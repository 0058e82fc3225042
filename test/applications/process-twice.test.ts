import { recordFailure } from '../../src/applications/record-failure';
import { processApplication } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, jobData } from '../support/factories';

const stores = useDatabase();

const countEvents = (applicationId: string) => stores.database.events.count({ where: { applicationId } });

/** Returns an application that is rejected because its candidate has an active conversation. */
async function refusedDelivery() {
  const active = applicationEvent();
  await processApplication(stores.database, jobData(active));
  return jobData(applicationEvent({ candidate_id: active.candidate_id }));
}

async function processTwiceAtOnce(sent: ReturnType<typeof jobData>) {
  return Promise.all([processApplication(stores.database, sent), processApplication(stores.database, sent)]);
}

it('writes one event when two workers process the same replay at once', async () => {
  const refused = await refusedDelivery();
  const { processed_at } = await processApplication(stores.database, refused);
  const outcomes = await processTwiceAtOnce({ ...refused, replaces: processed_at });
  expect(new Set(outcomes.map(({ status }) => status))).toEqual(new Set(['REJECTED']));
  expect(await countEvents(refused.event.id)).toBe(2); // the rejection and its replay
});

it('writes one event of the outcome when two workers process the same failed application at once', async () => {
  const refused = await refusedDelivery();
  await recordFailure(stores.database, refused, 'on purpose');
  await processTwiceAtOnce(refused);
  expect(await countEvents(refused.event.id)).toBe(2); // One of the failure, one of the outcome.
});
