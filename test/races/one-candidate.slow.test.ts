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
const createMany = (create: (n: number) => Partial<ApplicationEvent>) =>
  Array.from({ length: MANY }, (_, n) => applicationEvent(create(n)));

const times = (count: number, what: string) => Array<string>(count).fill(what);

it('creates one conversation for 50 simultaneous applications of one candidate for 50 jobs', async () => {
  const events = createMany(() => ({ candidate_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual([
    ...times(1, 'ACCEPTED'),
    ...times(MANY - 1, 'REJECTED ACTIVE_CONVERSATION'),
  ]);
  expect(await stores.database.conversations.count({ where: { status: ['CREATED', 'ONGOING'] } })).toBe(1);
  expect(await stores.database.events.count()).toBe(MANY);
});

it('creates one conversation for 50 simultaneous deliveries of one application', async () => {
  const event = applicationEvent();
  const receipts = await Promise.all(times(MANY, '').map(() => receive(queue.applications, event, 'race')));
  expect(receipts.filter(({ redelivered }) => !redelivered)).toHaveLength(1);
  expect(await sortedOutcomes(queue, [event])).toEqual(['ACCEPTED']);
  expect(await stores.database.conversations.count()).toBe(1);
  expect(await stores.database.events.count()).toBe(1);
});

it('creates one conversation for 50 simultaneous applications of one candidate for one job', async () => {
  const events = createMany(() => ({ candidate_id: 'one', job_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual([
    ...times(1, 'ACCEPTED'),
    ...times(MANY - 1, 'REJECTED DUPLICATE_APPLICATION'),
  ]);
  expect(await stores.database.conversations.count()).toBe(1);
});

it('creates no second conversation for 50 simultaneous applications for a job whose conversation is COMPLETED', async () => {
  await createConversation(stores, 'COMPLETED', { candidate_id: 'one', job_id: 'one' });
  const events = createMany(() => ({ candidate_id: 'one', job_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual(times(MANY, 'REJECTED DUPLICATE_APPLICATION'));
  expect(await stores.database.conversations.count()).toBe(1);
});

it('accepts 50 candidates who apply for one job at the same time', async () => {
  const events = createMany((n) => ({ candidate_id: `candidate-${n}`, job_id: 'one' }));
  await enqueueAll(queue, events);
  expect(await sortedOutcomes(queue, events)).toEqual(times(MANY, 'ACCEPTED'));
  expect(await stores.database.conversations.count()).toBe(MANY);
});

it('gives an application one outcome when 20 callers process it with two payloads at the same time', async () => {
  const id = applicationEvent().id;
  const processing = times(20, '').map((_, n) =>
    processEvent(stores, { id, candidate_id: `candidate-${n % 2}`, job_id: 'j' }),
  );
  const results = await Promise.allSettled(processing);
  for (const result of results)
    if (result.status === 'rejected')
      expect(result.reason).toMatchObject({ code: 'CONTENTION', retry: 'contention' });
  const ids = results.flatMap((result) =>
    result.status === 'fulfilled' ? [result.value.conversation_id] : [],
  );
  expect(new Set(ids).size).toBe(1);
  expect(await stores.database.conversations.count()).toBe(1);
  expect(await stores.database.events.count()).toBe(1);
});
