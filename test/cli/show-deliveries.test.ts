import type { Delivery } from '../../src/conversations/deliveries';
import { isPushingOn, switchPushingOn } from '../../src/events/switch-pushing-on';
import { createConversation } from '../support/applications';
import { createCli, parseJson, runInProcess, splitLines, successOutput } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { having, ISO_TIME } from '../support/matchers';
import { useQueue } from '../support/queue';
import { usePushing } from '../push/support/pushing';
import { useReceiver } from '../push/support/receiver';

const stores = useDatabase();
const queue = useQueue();
const receiver = useReceiver();
const pushing = usePushing(stores, queue, receiver);
const conv = createCli(stores, queue);

/** Long enough that a failed push stays delayed during a test. */
const SLOW_RETRIES = { firstBackoff: 600_000, longestBackoff: 600_000 };

async function readDeliveries(id: string): Promise<Delivery[] | undefined> {
  return parseJson<{ deliveries?: Delivery[] }>(await conv(['show', id, '-o', 'json'])).deliveries;
}

/** Creates a conversation and waits until the push of its event was attempted. */
async function pushOne(status: number): Promise<string> {
  receiver.behave(() => ({ status }));
  await switchPushingOn(stores.database);
  pushing.start(SLOW_RETRIES);
  const id = await createConversation(stores);
  await eventually(async () => (await readDeliveries(id))?.[0]?.attempts === 1);
  return id;
}

it('has no deliveries if pushing was never switched on', async () => {
  expect(await isPushingOn(stores.database)).toBe(false);
  expect(await readDeliveries(await createConversation(stores))).toBeUndefined();
});

it('has a delivered push', async () => {
  const id = await pushOne(204);
  expect(await readDeliveries(id)).toEqual([
    having({
      type: 'conversation.created',
      status: 'DELIVERED',
      attempts: 1,
      next_attempt_at: null,
      last_error: null,
      delivered_at: ISO_TIME,
    }),
  ]);
});

it('has the error and the next attempt of a pending push', async () => {
  const id = await pushOne(500);
  const [delivery] = await eventually(async () => {
    const deliveries = await readDeliveries(id);
    return deliveries?.[0]?.next_attempt_at ? deliveries : null;
  });
  expect(delivery).toMatchObject({ status: 'PENDING', attempts: 1, delivered_at: null });
  expect(delivery?.last_error).toContain('500');
  expect(delivery?.next_attempt_at).toEqual(ISO_TIME);
});

it('lists the pushes below the timeline', async () => {
  const id = await pushOne(204);
  const lines = splitLines(successOutput(await conv(['show', id])));
  expect(lines.at(-1)).toMatch(/^conversation\.created\tDELIVERED\t1\t\t\t\d{4}-.*Z$/);
});

it('says that the next attempts are unknown while Redis is unavailable, and shows the rest', async () => {
  const id = await pushOne(500);
  const env = { DATABASE_URL: stores.url, REDIS_URL: 'redis://127.0.0.1:1' };
  const { code, stdout, stderr } = await runInProcess(['show', id], env);
  expect({ code, stderr }).toEqual({
    code: 0,
    stderr: 'conv: next attempts of deliveries unknown: Redis cannot be reached\n',
  });
  expect(splitLines(stdout).at(-1)).toMatch(/^conversation\.created\tPENDING\t1\t\t.*500/);
});
