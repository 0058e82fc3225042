import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { moveConversation } from '../../src/conversations/move';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation, createRejected } from '../support/applications';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { allEvents, groupByApplication, spawnPushing } from './support/pushing';
import { useReceiver, type Behaviour } from './support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();

const FAULTS: Behaviour[] = [
  'reset',
  'hang',
  { status: 500 },
  { status: 302, headers: { Location: '/elsewhere' } },
  { status: 404 },
  { status: 429, headers: { 'Retry-After': '1' } },
  { status: 503, headers: { 'Retry-After': '0' } },
];
const randomBehaviour = (): Behaviour =>
  randomInt(2) === 0 ? { status: 200, body: 'thanks' } : (FAULTS[randomInt(FAULTS.length)] as Behaviour);

const CONVERSATIONS = 15;

/** Creates a conversation that stays CREATED, becomes ONGOING or COMPLETED, or has a rejected application beside it. */
async function createSample(n: number): Promise<void> {
  if (n % 4 === 3) await createRejected(stores);
  const id = await createConversation(stores, n % 4 === 1 ? 'ONGOING' : 'CREATED');
  if (n % 4 !== 2) return;
  await moveConversation(stores.database, id, 'ONGOING');
  await moveConversation(stores.database, id, 'COMPLETED');
}

it('delivers every event in order although workers are killed and the receiver fails at random', async () => {
  receiver.behave(randomBehaviour);
  const kills = await Promise.all([0, 1].map(() => spawnPushing(stores, queue, receiver)));
  atEnd(() => Promise.all(kills.map((kill) => kill())));

  for (let n = 0; n < CONVERSATIONS; n++) await createSample(n);
  const events = await allEvents(stores);
  for (let round = 0; round < 4; round++) {
    const seen = receiver.attempts.length;
    await eventually(
      () => receiver.attempts.length > seen + 2 || receiver.accepted().length === events.length,
    );
    if (round === 1) await receiver.stop();
    await kills[round % 2]?.();
    kills[round % 2] = await spawnPushing(stores, queue, receiver);
    if (round === 1) await wait(300).then(() => receiver.start());
  }

  await eventually(() => receiver.accepted().length === events.length, 60_000);
  const accepted = receiver.accepted();
  expect(accepted.map(({ id }) => id).sort()).toEqual(events.map(({ id }) => id).sort());
  expect([...groupByApplication(accepted)].sort()).toEqual([...groupByApplication(events)].sort());
  expect(new Map(accepted.map((event) => [event.id, event]))).toEqual(
    new Map(events.map((event) => [event.id, event])),
  );
  for (const { event, webhookId } of receiver.attempts) expect(webhookId).toBe(event.id);
});
