import { findApplication } from '../../src/applications/find';
import { receive } from '../../src/applications/receive';
import { eraseCandidate } from '../../src/candidates/erase';
import { moveConversation } from '../../src/conversations/move';
import type { ApplicationEvent } from '../../src/lib/domain';
import { ERASED_REASON } from '../../src/lib/errors';
import { withClockOff } from '../support/clock';
import { clearTables, useDatabase } from '../support/database';
import { useQueue } from '../support/queue';
import { drainQueue, enqueue } from '../support/queue-jobs';
import { traceablePerson, NO_TRACES, findTraces } from '../support/traceable-person';

const stores = useDatabase();
const queue = useQueue();

const MINUTES = 60_000;

const erase = (id: string) => eraseCandidate(stores.database, queue.applications, id);
const work = () => drainQueue(stores, queue);
const find = (id: string) => findApplication(stores.database, queue.applications, id);

/** Accepts an application as a web process does whose clock is wrong by this many milliseconds. */
const receiveAt = (clockOffMs: number, event: ApplicationEvent) =>
  withClockOff(clockOffMs, () => receive(queue.applications, event, 'test'));

/** Processes a first application of a new candidate, and completes its conversation. */
async function createKnown(clockOffMs = 0) {
  const person = traceablePerson();
  await receiveAt(clockOffMs, person.event());
  await work();
  const [conversation] = await stores.database.conversations.findAll({
    where: { candidateId: person.event().candidate_id },
  });
  for (const status of ['ONGOING', 'COMPLETED'] as const)
    await moveConversation(stores.database, conversation?.id ?? '', status);
  return person;
}

beforeEach(async () => {
  await clearTables(stores);
  await queue.bullmq.obliterate({ force: true });
});

describe.each([4 * MINUTES, -4 * MINUTES])('with a web whose clock is wrong by %i ms', (off) => {
  it('accepts an application after an erasure, with its data', async () => {
    const person = await createKnown(off);
    await erase(person.event().candidate_id);
    const again = person.event();
    await receiveAt(0, again);
    await work();
    expect(await find(again.id)).toMatchObject({ status: 'ACCEPTED' });
    expect(await stores.database.candidates.findByPk(again.candidate_id)).toMatchObject({
      phoneNumber: person.candidate.phone_number,
    });
  });

  it('accepts an application that it receives after an erasure', async () => {
    const person = await createKnown();
    await erase(person.event().candidate_id);
    const again = person.event();
    await receiveAt(off, again);
    await work();
    expect(await find(again.id)).toMatchObject({ status: 'ACCEPTED' });
  });

  it('refuses an application that waited while its candidate was erased', async () => {
    const person = await createKnown();
    const waiting = person.event();
    await receiveAt(off, waiting);
    await erase(waiting.candidate_id);
    await work();
    expect(await find(waiting.id)).toMatchObject({ status: 'FAILED', reason: ERASED_REASON });
    expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
  });

  it('keeps the data of the application that came last, whatever order they are processed in', async () => {
    const [first, second] = [traceablePerson(), traceablePerson()];
    const { candidate_id } = first.event();
    await receiveAt(Math.max(0, off), { ...first.event(), candidate_id });
    await receiveAt(Math.min(0, off), { ...second.event(), candidate_id });
    await work();
    expect(await stores.database.candidates.findByPk(candidate_id)).toMatchObject({
      phoneNumber: second.candidate.phone_number,
    });
  });
});

it('never puts the time of an erasure into the future, where it would refuse new applications', async () => {
  const person = traceablePerson();
  await enqueue(queue, person.event(), new Date(Date.now() + 4 * MINUTES).toISOString());
  const { erased_at } = await erase(person.event().candidate_id);
  expect(Date.parse(erased_at ?? '')).toBeLessThanOrEqual(Date.now() + 1000);
});

it('erases a waiting job whose time of receipt is in the future', async () => {
  const person = traceablePerson();
  await enqueue(queue, person.event(), new Date(Date.now() + 4 * MINUTES).toISOString());
  await erase(person.event().candidate_id);
  expect(await findTraces(person, stores, queue)).toEqual(NO_TRACES);
});
