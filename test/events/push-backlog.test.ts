import { readPushBacklog } from '../../src/events/push-backlog';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { assignAllPositions } from '../../src/events/position';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';

const stores = useDatabase();

it('is empty while pushing was never switched on', async () => {
  await createConversation(stores);
  expect(await readPushBacklog(stores.database)).toEqual({
    switched_on: false,
    parked: 0,
    pending: 0,
    error: null,
    oldest_seconds: null,
  });
});

it('has no age without a pending push', async () => {
  await switchPushingOn(stores.database);
  expect(await readPushBacklog(stores.database)).toMatchObject({
    switched_on: true,
    pending: 0,
    oldest_seconds: null,
  });
});

it('has the age of the oldest pending push', async () => {
  await switchPushingOn(stores.database);
  await createConversation(stores);
  await assignAllPositions(stores.database);
  await stores.database.sequelize.query("UPDATE events SET created_at = created_at - interval '1 hour'");
  const { oldest_seconds: age } = await readPushBacklog(stores.database);
  expect(Math.round((age ?? 0) / 3600)).toBe(1);
});
