import { eraseCandidate } from '../../src/candidates/erase';
import { findApplication } from '../../src/applications/find';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { useFourWorkers } from '../support/four-workers';
import { traceablePerson, NO_TRACES, findTraces } from '../support/traceable-person';
import { useQueue } from '../support/queue';
import { enqueue, countOpenJobs } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();
useFourWorkers(stores, queue);

const PEOPLE = 40;

it('erases people whose applications arrive and are decided at that very moment', async () => {
  const people = Array.from({ length: PEOPLE }, traceablePerson);
  const events = people.map((person) => [person.event(), person.event(), person.event()]);
  for (const mine of events) {
    const [first, ...others] = mine.map((event) => enqueue(queue, event));
    await first;
    await eraseCandidate(stores.database, queue.applications, mine[0]?.candidate_id ?? '');
    await Promise.all(others);
  }
  await eventually(async () => (await countOpenJobs(queue)) === 0, 60_000);
  for (const person of people) expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
  const all = events.flat();
  const ended = await Promise.all(
    all.map(({ id }) => findApplication(stores.database, queue.applications, id)),
  );
  expect(ended.filter(({ status }) => !['ACCEPTED', 'REJECTED', 'FAILED'].includes(status))).toEqual([]);
  expect(await stores.database.applications.count()).toBe(all.length);
  expect(await stores.database.conversations.count()).toBe(
    ended.filter(({ status }) => status === 'ACCEPTED').length,
  );
});
