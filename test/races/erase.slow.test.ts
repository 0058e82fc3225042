import { findApplication } from '../../src/applications/find';
import { eraseCandidate } from '../../src/candidates/erase';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { useFourWorkers } from '../support/four-workers';
import { useQueue } from '../support/queue';
import { countOpenJobs, enqueue } from '../support/queue-jobs';
import { findTraces, NO_TRACES, traceablePerson } from '../support/traceable-person';

const stores = useDatabase();
const queue = useQueue();
useFourWorkers(stores, queue);

it('leaves no personal data of candidates who are erased while workers process their applications', async () => {
  const people = Array.from({ length: 60 }, traceablePerson);
  const events = people.map((person) => [person.event(), person.event(), person.event()]);
  for (const mine of events) {
    const [first, ...others] = mine.map((event) => enqueue(queue, event));
    await first;
    await eraseCandidate(stores.database, queue.applications, mine[0]?.candidate_id ?? '');
    await Promise.all(others);
  }
  await eventually(async () => (await countOpenJobs(queue)) === 0);
  for (const person of people) expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
  const all = events.flat();
  const { database } = stores;
  const found = await Promise.all(all.map(({ id }) => findApplication(database, queue.applications, id)));
  expect(found.filter(({ status }) => !['ACCEPTED', 'REJECTED', 'FAILED'].includes(status))).toEqual([]);
  expect(await database.applications.count()).toBe(all.length);
  const accepted = found.filter(({ status }) => status === 'ACCEPTED');
  expect(await database.conversations.count()).toBe(accepted.length);
});
