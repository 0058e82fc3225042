import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { moveConversation } from '../../src/conversations/move';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';
import { allEvents } from './support/pushing';
import { useReceiver } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();

it('pushes from bin/worker when EVENTS_URL is set, and defers when WHEN_ACTIVE is defer', async () => {
  await switchPushingOn(stores.database);
  const env = { EVENTS_URL: receiver.url, EVENTS_SECRET: receiver.secret, WHEN_ACTIVE: 'defer' };
  const workers = await Promise.all([0, 1].map(() => startProcess('worker', stores, queue, env)));
  atEnd(() => Promise.all(workers.map((worker) => worker.stop())));
  const first = applicationEvent();
  const second = applicationEvent({ candidate_id: first.candidate_id });
  const { applications } = stores.database;
  await enqueue(queue, first);
  const { conversationId } = await eventually(() => applications.findByPk(first.id));
  await enqueue(queue, second);
  await eventually(async () => (await applications.findByPk(second.id))?.status === 'DEFERRED');
  await moveConversation(stores.database, conversationId ?? '', 'ONGOING');
  await moveConversation(stores.database, conversationId ?? '', 'COMPLETED');
  await eventually(() => receiver.accepted().length === 5);
  const events = await allEvents(stores);
  expect(new Set(receiver.accepted().map(({ id }) => id))).toEqual(new Set(events.map(({ id }) => id)));
  expect(
    receiver
      .accepted()
      .map(({ type }) => type)
      .sort(),
  ).toEqual([
    'application.deferred',
    'conversation.created',
    'conversation.created',
    'conversation.updated',
    'conversation.updated',
  ]);
});
