import { randomInt } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import { moveConversation } from '../../src/conversations/move';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { createConversation, createRejected } from '../support/applications';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { allEvents, perApplication, spawnPushing } from './support/pushing';
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
const sometimes = (): Behaviour =>
  randomInt(2) === 0 ? { status: 200, body: 'thanks' } : (FAULTS[randomInt(FAULTS.length)] as Behaviour);

const CONVERSATIONS = 15;

/** One of: left as created, moved on, taken to its end, or with a rejected application beside it; while events are pushed. */
async function happen(n: number): Promise<void> {
  if (n % 4 === 3) await createRejected(stores);
  const id = await createConversation(stores, n % 4 === 1 ? 'ONGOING' : 'CREATED');
  if (n % 4 !== 2) return;
  await moveConversation(stores.database, id, 'ONGOING');
  await moveConversation(stores.database, id, 'COMPLETED');
}

it('delivers every event, in order, by workers that are killed, to a receiver that fails as it likes', async () => {
  receiver.behave(sometimes);
  const kills = await Promise.all([0, 1].map(() => spawnPushing(stores, queue, receiver)));
  atEnd(() => Promise.all(kills.map((kill) => kill())));

  for (let n = 0; n < CONVERSATIONS; n++) await happen(n);
  const told = await allEvents(stores);
  for (let round = 0; round < 4; round++) {
    const seen = receiver.attempts.length;
    await eventually(() => receiver.attempts.length > seen + 2 || receiver.taken().length === told.length);
    if (round === 1) await receiver.away();
    await kills[round % 2]?.();
    kills[round % 2] = await spawnPushing(stores, queue, receiver);
    if (round === 1) await wait(300).then(() => receiver.back());
  }

  await eventually(() => receiver.taken().length === told.length, 60_000);
  const taken = receiver.taken();
  expect(taken.map(({ id }) => id).sort()).toEqual(told.map(({ id }) => id).sort());
  expect([...perApplication(taken)].sort()).toEqual([...perApplication(told)].sort());
  expect(new Map(taken.map((event) => [event.id, event]))).toEqual(
    new Map(told.map((event) => [event.id, event])),
  );
  for (const { event, webhookId } of receiver.attempts) expect(webhookId).toBe(event.id);
});
