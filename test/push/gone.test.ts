import { moveConversation } from '../../src/conversations/move';
import { listPushDeliveries } from '../../src/events/list-push-deliveries';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { createConversation } from '../support/applications';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { ISO_TIME } from '../support/matchers';
import { useQueue } from '../support/queue';
import { usePushing } from './support/pushing';
import { useReceiver } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);

beforeEach(() => switchPushingOn(stores.database));

async function listStatuses(): Promise<string[]> {
  const query = { status: ['PENDING', 'DELIVERED', 'PARKED'] as const, limit: 100 };
  return (await listPushDeliveries(stores.database, query)).map(({ status }) => status);
}

it('pauses after 410 Gone and keeps every event pending', async () => {
  receiver.behave(() => ({ status: 410 }));
  pushing.start();
  await createConversation(stores);
  await eventually(() => queue.push.queue.isPaused());
  await moveConversation(stores.database, await createConversation(stores), 'ONGOING');
  await eventually(async () => (await listStatuses()).length === 3);
  expect(await listStatuses()).toEqual(['PENDING', 'PENDING', 'PENDING']);
  expect(receiver.attempts).toHaveLength(1);
});

it('stores when and why a 410 paused pushing', async () => {
  receiver.behave(() => ({ status: 410 }));
  pushing.start();
  await createConversation(stores);
  const pause = await eventually(() => queue.push.queue.getPause());
  expect(pause).toEqual({ since: ISO_TIME, reason: 'EVENTS_URL answered 410 Gone' });
});
