import { receive } from '../../src/applications/receive';
import type { ApplicationEvent } from '../../src/lib/domain';
import { createConversation, processEvent } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { useQueue } from '../support/queue';
import { enqueueAll, sortedOutcomes, useFourWorkers } from '../support/four-workers';

const stores = useDatabase();
const queue = useQueue();
useFourWorkers(stores, queue);

beforeEach(() => clearTables(stores));

const MANY = 50;
const each = (make: (n: number) => Partial<ApplicationEvent>) =>
  Array.from({ length: MANY }, (_, n) => applicationEvent(make(n)));

const times = (count: number, what: string) => Array<string>(count).fill(what);

it('makes one conversation of 50 applications at once of one candidate for 50 jobs', async () => {
  const events = each(() => ({ candidate_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual([
    ...times(1, 'ACCEPTED'),
    ...times(MANY - 1, 'REJECTED ACTIVE_CONVERSATION'),
  ]);
  expect(await stores.database.conversations.count({ where: { status: ['CREATED', 'ONGOING'] } })).toBe(1);
  expect(await stores.database.events.count()).toBe(MANY);
});

it('makes one conversation of 50 deliveries at once of one application', async () => {
  const event = applicationEvent();
  const receipts = await Promise.all(
    times(MANY, 'again').map(() => receive(queue.applications, event, 'race')),
  );
  expect(receipts.filter(({ redelivered }) => !redelivered)).toHaveLength(1);
  expect(await sortedOutcomes(queue, [event])).toEqual(['ACCEPTED']);
  expect(await stores.database.conversations.count()).toBe(1);
  expect(await stores.database.events.count()).toBe(1);
});

it('makes one conversation of 50 applications at once of one candidate for one job', async () => {
  const events = each(() => ({ candidate_id: 'one', job_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual([
    ...times(1, 'ACCEPTED'),
    ...times(MANY - 1, 'REJECTED DUPLICATE_APPLICATION'),
  ]);
  expect(await stores.database.conversations.count()).toBe(1);
});

it('makes no second conversation of 50 applications at once for a job whose conversation is COMPLETED', async () => {
  await createConversation(stores, 'COMPLETED', { candidate_id: 'one', job_id: 'one' });
  const events = each(() => ({ candidate_id: 'one', job_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual(times(MANY, 'REJECTED DUPLICATE_APPLICATION'));
  expect(await stores.database.conversations.count()).toBe(1);
});

it('lets 50 candidates apply for one job at once', async () => {
  const events = each((n) => ({ candidate_id: `candidate-${n}`, job_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual(times(MANY, 'ACCEPTED'));
  expect(await stores.database.conversations.count()).toBe(MANY);
});

it('gives one application one outcome, though it is decided by 20 at once and under two payloads', async () => {
  const id = applicationEvent().id;
  const decisions = times(20, '').map((_, n) =>
    processEvent(stores, { id, candidate_id: `candidate-${n % 2}`, job_id: 'j' }),
  );
  const results = await Promise.allSettled(decisions);
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'CONTENTION', retry: 'backoff' });
  const ids = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value.conversation_id] : [],
  );
  expect(new Set(ids).size).toBe(1);
  expect(await stores.database.conversations.count()).toBe(1);
  expect(await stores.database.events.count()).toBe(1);
});
