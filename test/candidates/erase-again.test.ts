import { randomUUID } from 'node:crypto';
import { eraseCandidate } from '../../src/candidates/erase';
import { findApplication } from '../../src/applications/find';
import { receive } from '../../src/applications/receive';
import { replayApplication } from '../../src/applications/replay';
import { findCandidateJobs } from '../../src/queue/candidate-jobs';
import { findJob } from '../../src/queue/applications';
import { clearTables, useDatabase } from '../support/database';
import { processEvent } from '../support/applications';
import { traceablePerson, NO_TRACES, findTraces } from '../support/traceable-person';
import { useQueue } from '../support/queue';
import { readAllRows } from '../support/rows';
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

it('refuses to replay an erased application', async () => {
  const person = traceablePerson();
  await processEvent(stores, person.event());
  const rejected = person.event();
  await processEvent(stores, rejected);
  await erase(rejected.candidate_id);
  const replayed = replayApplication(stores.database, queue.applications, rejected.id, 'test');
  await expect(replayed).rejects.toMatchObject({ code: 'ERASED', status: 409 });
  expect(await findCandidateJobs(queue.applications, rejected.candidate_id)).toEqual([]);
});

describe('a second erasure', () => {
  it('keeps the time of the first and changes no row', async () => {
    const event = traceablePerson().event();
    await enqueue(queue, event);
    await work();
    const first = await erase(event.candidate_id);
    const before = await readAllRows(stores.database.sequelize);
    expect((await erase(event.candidate_id)).erased_at).toBe(first.erased_at);
    expect(await readAllRows(stores.database.sequelize)).toEqual(before);
  });

  it('keeps the time of the first while an erased job waits', async () => {
    const event = traceablePerson().event();
    await enqueue(queue, event);
    const first = await erase(event.candidate_id);
    expect((await erase(event.candidate_id)).erased_at).toBe(first.erased_at);
  });

  it.each(['processed', 'waiting'])('has its own time if an application came since (%s)', async (state) => {
    const person = traceablePerson();
    await processEvent(stores, person.event());
    const first = await erase(person.event().candidate_id);
    const later = new Date(Date.now() + 1000);
    if (state === 'processed') await processEvent(stores, person.event(), later);
    else await enqueue(queue, person.event(), later.toISOString());
    const { erased_at } = await erase(person.event().candidate_id);
    expect(Date.parse(erased_at ?? '')).toBeGreaterThan(Date.parse(first.erased_at ?? ''));
    expect(await traces(person)).toEqual(NO_TRACES);
  });
});

describe('a redelivery of an erased application', () => {
  const redeliver = (event: ReturnType<ReturnType<typeof traceablePerson>['event']>) =>
    receive(queue.applications, event, randomUUID());

  it('returns its state and stores nothing while its job exists', async () => {
    const person = traceablePerson();
    const event = person.event();
    await enqueue(queue, event);
    await work();
    await erase(event.candidate_id);
    expect(await redeliver(event)).toMatchObject({ redelivered: true, application: { status: 'ACCEPTED' } });
    expect(await traces(person)).toEqual(NO_TRACES);
    await expect(redeliver({ ...event, job_id: 'other' })).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it.each(['ACCEPTED', 'FAILED'])(
    'leaves no data once a worker has processed it when it was %s',
    async (status) => {
      const person = traceablePerson();
      const event = person.event();
      if (status === 'FAILED') await failPermanently(stores, queue, event);
      else await processEvent(stores, event);
      await erase(event.candidate_id);
      await queue.bullmq.obliterate({ force: true });
      const before = await find(event.id);
      expect(await redeliver(event)).toMatchObject({ redelivered: false });
      await work();
      expect(await find(event.id)).toMatchObject({ status, conversation_id: before.conversation_id });
      expect(await traces(person)).toEqual(NO_TRACES);
    },
  );

  it('does not retry one that FAILED', async () => {
    const person = traceablePerson();
    const event = person.event();
    await failPermanently(stores, queue, event);
    await erase(event.candidate_id);
    expect(await redeliver(event)).toMatchObject({ redelivered: true, application: { status: 'FAILED' } });
    expect((await findJob(queue.applications, event.id))?.state).toBe('failed');
  });
});

it('processes a new application of an erased candidate normally', async () => {
  const person = traceablePerson();
  await processEvent(stores, person.event());
  await erase(person.event().candidate_id);
  const again = person.event();
  await enqueue(queue, again, new Date(Date.now() + 1000).toISOString());
  await work();
  expect(await find(again.id)).toMatchObject({ status: 'REJECTED', reason: 'ACTIVE_CONVERSATION' });
  expect(await stores.database.candidates.findByPk(again.candidate_id)).toMatchObject({
    phoneNumber: person.candidate.phone_number,
  });
  expect(await erase(again.candidate_id)).toMatchObject({ candidates: 1, applications: 1, jobs: 1 });
  expect(await traces(person)).toEqual(NO_TRACES);
});
