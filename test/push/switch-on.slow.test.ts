import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { eventually } from '../support/eventually';
import { insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';
import { recordingLog } from '../support/recording-log';
import { switchPushingOn } from '../../src/events/switch-pushing-on';
import { allEvents, usePushing } from './support/pushing';
import { useReceiver } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);

/** Starts pushing and waits until the worker has logged which events it pushes. Returns that line. */
async function run(url = receiver.url): Promise<{ msg: string; after: { id: string } | null }> {
  const { log, lines } = recordingLog('info');
  pushing.start({}, { to: { ...receiver, url }, log });
  const line = await eventually(() => lines.find((text) => /"msg":"pushing /.test(text)));
  return JSON.parse(line) as { msg: string; after: { id: string } | null };
}

const pushedIds = () => receiver.accepted().map(({ id }) => id);

it('pushes no event from before pushing was switched on', async () => {
  await createConversation(stores, 'ONGOING');
  await run();
  await createConversation(stores);
  const events = await allEvents(stores);
  await eventually(() => receiver.accepted().length > 0);
  expect(pushedIds()).toEqual([events.at(-1)?.id]);
});

it('continues after the last event of the old URL when EVENTS_URL changes', async () => {
  await run();
  await createConversation(stores);
  await eventually(() => receiver.accepted().length === 1);
  await pushing.stop();
  await createConversation(stores);
  await run(`${receiver.url}&changed`);
  await eventually(() => receiver.accepted().length === 2);
  expect(pushedIds()).toEqual((await allEvents(stores)).map(({ id }) => id));
});

it('logs at the first start that older events are not pushed, and how to send them', async () => {
  await createConversation(stores);
  const [event] = await allEvents(stores);
  expect(await run()).toMatchObject({
    msg: 'pushing is switched on: new events are pushed, `conv events redeliver --since` sends older ones',
    after: { id: event?.id },
  });
});

it('logs at later starts with which event pushing continues', async () => {
  await switchPushingOn(stores.database);
  expect(await run()).toMatchObject({ msg: 'pushing continues with the events after this one', after: null });
});

it('starts after the newest event when more events have no position than one call numbers', async () => {
  const ids = await insertEvents(stores.database, 5001);
  await stores.database.sequelize.query('UPDATE events SET position = NULL');
  const { after } = await switchPushingOn(stores.database);
  expect(after?.id).toBe(ids.at(-1));
});
