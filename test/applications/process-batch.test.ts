import { processApplication, processApplications } from '../../src/applications/process';
import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent } from '../../src/lib/domain';
import { readFeed } from '../../src/events/feed';
import { clear, useDatabase } from '../support/database';
import { applicationEvent, CANDIDATE, delivery } from '../support/factories';
import { counts } from '../support/rows';

const stores = useDatabase();
beforeEach(() => clear(stores));

async function outcomesOf(events: readonly ApplicationEvent[], whenActive: 'reject' | 'defer' = 'reject') {
  const deliveries = events.map((event) => delivery(event));
  const decisions = await processApplications(stores.database, deliveries, whenActive);
  return decisions.map(({ outcome, isNew }) => [outcome.reason ?? outcome.status, isNew]);
}

it('decides those of one candidate in their order', async () => {
  const { candidate_id, job_id } = applicationEvent();
  const first = applicationEvent({ candidate_id, job_id });
  const other = applicationEvent({ candidate_id });
  const again = applicationEvent({ candidate_id, job_id });
  expect(await outcomesOf([first, other, again])).toEqual([
    ['ACCEPTED', true],
    ['ACTIVE_CONVERSATION', true],
    ['DUPLICATE_APPLICATION', true],
  ]);
  await clear(stores);
  expect(await outcomesOf([other, again, first])).toEqual([
    ['ACCEPTED', true],
    ['ACTIVE_CONVERSATION', true],
    ['ACTIVE_CONVERSATION', true],
  ]);
});

it('defers within a batch what waits for a conversation of the same batch', async () => {
  const { candidate_id } = applicationEvent();
  const events = [applicationEvent({ candidate_id }), applicationEvent({ candidate_id })];
  const deliveries = events.map((event) => delivery(event));
  const statuses = (await processApplications(stores.database, deliveries, 'defer')).map(
    ({ outcome }) => outcome.status,
  );
  expect(statuses).toEqual(['ACCEPTED', 'DEFERRED']);
});

it('lets what was decided before stand, between what is new', async () => {
  const known = applicationEvent();
  const before = await processApplication(stores.database, delivery(known));
  const neighbours = [applicationEvent(), applicationEvent()];
  const deliveries = [neighbours[0], { ...known, job_id: 'another' }, neighbours[1]].map((event) =>
    delivery(event ?? known),
  );
  const decisions = await processApplications(stores.database, deliveries);
  expect(decisions.map(({ isNew }) => isNew)).toEqual([true, false, true]);
  expect(decisions[1]?.outcome).toEqual(before);
  expect(await counts(stores.database.sequelize)).toEqual([3, 3, 3, 3]);
});

it('keeps what the newest application of a candidate says, wherever in the batch it stands', async () => {
  const { candidate_id } = applicationEvent();
  const said = (first_name: string, received_at: string) =>
    delivery(applicationEvent({ candidate_id, candidate: { ...CANDIDATE, first_name } }), { received_at });
  await processApplications(stores.database, [
    said('Jane', '2024-01-01T00:00:00.000Z'),
    said('Janet', '2024-01-03T00:00:00.000Z'),
    said('J.', '2024-01-02T00:00:00.000Z'),
  ]);
  expect((await stores.database.candidates.findByPk(candidate_id))?.firstName).toBe('Janet');
});

it('tells of them in their order, and after what had happened before', async () => {
  const { candidate_id } = applicationEvent();
  const first = applicationEvent({ candidate_id });
  const { conversation_id } = await processApplication(stores.database, delivery(first));
  await moveConversation(stores.database, conversation_id ?? '', 'ONGOING'); // has no position yet
  const events = [applicationEvent({ candidate_id }), applicationEvent(), applicationEvent({ candidate_id })];
  await outcomesOf(events);
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

it('is all or nothing', async () => {
  const events = [applicationEvent(), applicationEvent({ candidate: { ...CANDIDATE, phone_number: '123' } })];
  await expect(outcomesOf(events)).rejects.toMatchObject({ code: 'INVALID' });
  expect(await counts(stores.database.sequelize)).toEqual([0, 0, 0, 0]);
});

it('lets two batches of the same candidates in another order both come to an end', async () => {
  for (let round = 0; round < 20; round++) {
    const events = Array.from({ length: 10 }, () => applicationEvent());
    const others = events.map(({ candidate_id }) => applicationEvent({ candidate_id })).reverse();
    const both = await Promise.all([outcomesOf(events), outcomesOf(others)]);
    const accepted = both.flat().filter(([outcome]) => outcome === 'ACCEPTED');
    expect(accepted).toHaveLength(10);
  }
});
