import { eraseCandidate, previewErasure } from '../../src/candidates/erase';
import { findApplication } from '../../src/applications/find';
import { moveConversation } from '../../src/conversations/move';
import { showConversation } from '../../src/conversations/show';
import { ERASED_REASON } from '../../src/lib/errors';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, processApplication } from '../support/applications';
import { jobData } from '../support/factories';
import { ODD_IDS } from '../support/ids';
import { ISO_TIME } from '../support/matchers';
import { traceablePerson, NO_TRACES, findTraces } from '../support/traceable-person';
import { useQueue } from '../support/queue';
import { countRows } from '../support/rows';
import { enqueue, failPermanently, drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

const erase = (id: string) => eraseCandidate(stores.database, queue.applications, id);
const find = (id: string) => findApplication(stores.database, queue.applications, id);
const work = () => drainQueue(stores, queue);
const traces = (person: ReturnType<typeof traceablePerson>) => findTraces(person, stores, queue);

beforeEach(async () => {
  await clearTables(stores);
  await queue.bullmq.obliterate({ force: true });
});

it('removes the person from every table and key, and keeps every count and status', async () => {
  const person = traceablePerson();
  const [first, second, failing] = [person.event(), person.event(), person.event()];
  for (const event of [first, second]) await enqueue(queue, event);
  await work();
  await failPermanently(stores, queue, { ...failing, candidate_id: first.candidate_id });
  expect((await traces(person)).database).toHaveLength(4);
  expect((await traces(person)).queue).toHaveLength(4);
  const before = await countRows(stores.database.sequelize);
  const views = await Promise.all([first, second, failing].map(({ id }) => find(id)));
  expect(await erase(first.candidate_id)).toStrictEqual({
    id: first.candidate_id,
    erased_at: ISO_TIME,
    candidates: 1,
    applications: 3,
    deferred: 0,
    jobs: 3,
    active_conversation: views[0]?.conversation_id,
  });
  expect(await traces(person)).toEqual(NO_TRACES);
  expect(await countRows(stores.database.sequelize)).toEqual(before);
  expect(await Promise.all([first, second, failing].map(({ id }) => find(id)))).toEqual(views);
});

it('keeps the data of other people', async () => {
  const [person, other] = [traceablePerson(), traceablePerson()];
  for (const event of [person.event(), other.event()]) await enqueue(queue, event);
  await work();
  await erase(person.event().candidate_id);
  expect((await traces(other)).database).toHaveLength(4);
  expect((await traces(other)).queue).toHaveLength(4);
});

it('erases candidates with unusual ids', async () => {
  const person = traceablePerson();
  for (const [, candidate_id] of ODD_IDS) {
    await enqueue(queue, person.event({ candidate_id }));
    expect(await erase(candidate_id)).toMatchObject({ jobs: 1 });
  }
  expect(await traces(person)).toEqual(NO_TRACES);
});

it('counts a waiting job, which then fails as erased', async () => {
  const person = traceablePerson();
  const event = person.event();
  await enqueue(queue, event);
  expect(await erase(event.candidate_id)).toMatchObject({ candidates: 0, applications: 0, jobs: 1 });
  expect(await find(event.id)).toMatchObject({ status: 'QUEUED' });
  await work();
  expect(await find(event.id)).toMatchObject({ status: 'FAILED', reason: ERASED_REASON });
  expect(await stores.database.conversations.count()).toBe(0);
  expect(await stores.database.applications.count()).toBe(1);
  expect(await traces(person)).toEqual(NO_TRACES);
});

it('fails deferred applications, so that no erased person is written to', async () => {
  const person = traceablePerson();
  const { conversation_id } = await processApplication(stores.database, jobData(person.event()), 'defer');
  const waiting = person.event();
  await processApplication(stores.database, jobData(waiting), 'defer');
  expect(await erase(waiting.candidate_id)).toMatchObject({ applications: 2, deferred: 1 });
  for (const to of ['ONGOING', 'COMPLETED'] as const)
    await moveConversation(stores.database, conversation_id ?? '', to);
  expect(await find(waiting.id)).toMatchObject({ status: 'FAILED', reason: ERASED_REASON });
  expect(await stores.database.conversations.count()).toBe(1);
  const [, failed] = await stores.database.events.findAll({
    where: { applicationId: waiting.id },
    order: ['createdAt'],
  });
  expect(failed).toMatchObject({ type: 'application.failed', data: await find(waiting.id) });
});

it('keeps and returns an active conversation, which can still be moved and shown', async () => {
  const person = traceablePerson();
  const id = await createConversation(stores, 'CREATED', person.event());
  expect(await erase(person.event().candidate_id)).toMatchObject({ active_conversation: id });
  await moveConversation(stores.database, id, 'ONGOING');
  expect(await showConversation(stores.database, id)).toMatchObject({
    conversation: { status: 'ONGOING' },
    candidate: {
      phone_number: null,
      first_name: null,
      last_name: null,
      email_address: null,
      erased_at: ISO_TIME,
    },
  });
});

it('finds nothing the second time', async () => {
  const person = traceablePerson();
  const event = person.event();
  await enqueue(queue, event);
  await work();
  await erase(event.candidate_id);
  const nothing = { candidates: 0, applications: 0, deferred: 0, jobs: 0 };
  expect(await previewErasure(stores.database, queue.applications, event.candidate_id)).toMatchObject(
    nothing,
  );
  expect(await erase(event.candidate_id)).toMatchObject(nothing);
});

it.each(['unknown', '', '\u0000', '\ud800', 'x'.repeat(256)])(
  'throws NOT_FOUND for the id %j',
  async (id) => {
    await expect(erase(id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
    await expect(previewErasure(stores.database, queue.applications, id)).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
    expect(await stores.database.candidates.count()).toBe(0);
  },
);

it('previews an erasure without changing anything', async () => {
  const person = traceablePerson();
  const event = person.event();
  await enqueue(queue, event);
  await work();
  const found = await previewErasure(stores.database, queue.applications, event.candidate_id);
  expect(found).toMatchObject({ erased_at: null, candidates: 1, applications: 1, jobs: 1 });
  expect((await traces(person)).queue).toHaveLength(4);
});
