import { processApplication } from '../support/applications';
import { useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE, jobData } from '../support/factories';

const stores = useDatabase();

const EARLY = '2024-01-01T00:00:00.000Z';
const LATE = '2024-01-02T00:00:00.000Z';

function apply(candidate_id: string, first_name: string, received_at: string) {
  const event = applicationEvent({ candidate_id, candidate: { ...CANDIDATE, first_name } });
  return processApplication(stores.database, jobData(event, { received_at }));
}

const nameOf = async (id: string) => (await stores.database.candidates.findByPk(id))?.firstName;

it('keeps the data of the newest application, even of a rejected one', async () => {
  await apply('newest', 'Jane', EARLY);
  expect(await apply('newest', 'Janet', LATE)).toMatchObject({ status: 'REJECTED' });
  expect(await nameOf('newest')).toBe('Janet');
});

it('ignores the data of an application that was received earlier and is processed later', async () => {
  await apply('late', 'Janet', LATE);
  await apply('late', 'Jane', EARLY);
  expect(await nameOf('late')).toBe('Janet');
});

it('keeps every field of the newest application', async () => {
  await apply('fields', 'Jane', EARLY);
  const candidate = {
    phone_number: '+447700900123',
    first_name: 'J',
    last_name: 'D',
    email_address: 'other@example.com',
  };
  const event = applicationEvent({ candidate_id: 'fields', candidate });
  await processApplication(stores.database, jobData(event, { received_at: LATE }));
  expect(await stores.database.candidates.findByPk('fields')).toMatchObject({
    phoneNumber: '+447700900123',
    firstName: 'J',
    lastName: 'D',
    emailAddress: 'other@example.com',
  });
});
