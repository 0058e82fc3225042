import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent } from '../../src/lib/domain';
import { readFeed } from '../../src/events/feed';
import { assignPositions } from '../../src/events/position';
import { processApplication, processBatch } from '../support/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE, jobData } from '../support/factories';
import { countRows } from '../support/rows';

const stores = useDatabase();
beforeEach(() => clearTables(stores));

async function outcomesOf(events: readonly ApplicationEvent[], whenActive: 'reject' | 'defer' = 'reject') {
  const deliveries = events.map((event) => jobData(event));
  const results = await processBatch(stores.database, deliveries, whenActive);
  return results.map(({ outcome, isNew }) => [outcome.reason ?? outcome.status, isNew]);
}

it('processes applications of one candidate in their order', async () => {
  const { candidate_id, job_id } = applicationEvent();
  const first = applicationEvent({ candidate_id, job_id });
  const other = applicationEvent({ candidate_id });
  const again = applicationEvent({ candidate_id, job_id });
  expect(await outcomesOf([first, other, again])).toEqual([
    ['ACCEPTED', true],
    ['ACTIVE_CONVERSATION', true],
    ['DUPLICATE_APPLICATION', true],
  ]);
  await clearTables(stores);
  expect(await outcomesOf([other, again, first])).toEqual([
    ['ACCEPTED', true],
    ['ACTIVE_CONVERSATION', true],
    ['ACTIVE_CONVERSATION', true],
  ]);
});

it('defers an application while a conversation of the same batch is active', async () => {
  const { candidate_id } = applicationEvent();
  const events = [applicationEvent({ candidate_id }), applicationEvent({ candidate_id })];
  const deliveries = events.map((event) => jobData(event));
  const statuses = (await processBatch(stores.database, deliveries, 'defer')).map(
    ({ outcome }) => outcome.status,
  );
  expect(statuses).toEqual(['ACCEPTED', 'DEFERRED']);
});

it('keeps an existing outcome between new applications', async () => {
  const existing = applicationEvent();
  const before = await processApplication(stores.database, jobData(existing));
  const neighbours = [applicationEvent(), applicationEvent()];
  const deliveries = [neighbours[0], { ...existing, job_id: 'another' }, neighbours[1]].map((event) =>
    jobData(event ?? existing),
  );
  const results = await processBatch(stores.database, deliveries);
  expect(results.map(({ isNew }) => isNew)).toEqual([true, false, true]);
  expect(results[1]?.outcome).toEqual(before);
  expect(await countRows(stores.database.sequelize)).toEqual([3, 3, 3, 3]);
});

it('keeps the candidate data of the newest application, whatever its place in the batch', async () => {
  const { candidate_id } = applicationEvent();
  const withName = (first_name: string, received_at: string) =>
    jobData(applicationEvent({ candidate_id, candidate: { ...CANDIDATE, first_name } }), { received_at });
  await processBatch(stores.database, [
    withName('Jane', '2024-01-01T00:00:00.000Z'),
    withName('Janet', '2024-01-03T00:00:00.000Z'),
    withName('J.', '2024-01-02T00:00:00.000Z'),
  ]);
  expect((await stores.database.candidates.findByPk(candidate_id))?.firstName).toBe('Janet');
});

it('writes events in the order of the batch, after earlier events', async () => {
  const { candidate_id } = applicationEvent();
  const first = applicationEvent({ candidate_id });
  const { conversation_id } = await processApplication(stores.database, jobData(first));
  await moveConversation(stores.database, conversation_id ?? '', 'ONGOING');
  const events = [applicationEvent({ candidate_id }), applicationEvent(), applicationEvent({ candidate_id })];
  await outcomesOf(events);
  await assignPositions(stores.database);
  const { data } = await readFeed(stores.database, { after: null, types: undefined, limit: 10 });
  expect(data.map(({ type }) => type)).toEqual([
    'conversation.created',
    'conversation.updated',
    'application.rejected',
    'conversation.created',
    'application.rejected',
  ]);
  const ids = data.slice(2).map(({ data }) => ('application_id' in data ? data.application_id : data.id));
  expect(ids).toEqual(events.map(({ id }) => id));
});

it('stores nothing of a batch when one application fails', async () => {
  const events = [applicationEvent(), applicationEvent({ candidate: { ...CANDIDATE, phone_number: '123' } })];
  await expect(outcomesOf(events)).rejects.toMatchObject({ code: 'INVALID' });
  expect(await countRows(stores.database.sequelize)).toEqual([0, 0, 0, 0]);
});

it('processes two concurrent batches of the same candidates in opposite order', async () => {
  for (let round = 0; round < 20; round++) {
    const events = Array.from({ length: 10 }, () => applicationEvent());
    const others = events.map(({ candidate_id }) => applicationEvent({ candidate_id })).reverse();
    const both = await Promise.all([outcomesOf(events), outcomesOf(others)]);
    const accepted = both.flat().filter(([outcome]) => outcome === 'ACCEPTED');
    expect(accepted).toHaveLength(10);
  }
});
