import { findJob } from '../../src/queue/applications';
import { addPushes } from '../../src/queue/push';
import { startJobCleanup } from '../../src/worker/job-cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { traceablePerson, findTraces } from '../support/traceable-person';
import { silentLog, useQueue } from '../support/queue';
import { enqueue, failPermanently, drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

/** Forgets again and again what completed longer ago than this, while the work goes on. */
async function forgetting(keepCompletedSeconds: number, work: () => Promise<unknown>): Promise<void> {
  const settings = { redisUrl: queue.redisUrl, queuePrefix: queue.prefix, keepCompletedSeconds };
  const running = startJobCleanup(settings, silentLog, 20);
  try {
    await work();
  } finally {
    await running.close();
  }
}

const completed = () => queue.bullmq.getCompletedCount();
const known = async (id: string) => (await findJob(queue.applications, id)) !== null;

it('removes a completed job when its time is over, in a queue where nothing else happens', async () => {
  const person = traceablePerson();
  await enqueue(queue, person.event());
  await drainQueue(stores, queue);
  expect(await completed()).toBe(1);
  await forgetting(0, () => eventually(async () => (await completed()) === 0));
  expect((await findTraces(person, stores, queue)).queue).toEqual([]);
});

it('keeps younger ones, what waits, and what failed', async () => {
  const [failed, done, waiting] = [applicationEvent(), applicationEvent(), applicationEvent()];
  await failPermanently(stores, queue, failed);
  await enqueue(queue, done);
  await drainQueue(stores, queue);
  await enqueue(queue, waiting);
  await addPushes(queue.push, ['0198c0de-0000-7000-8000-000000000000']);
  await forgetting(3600, () => Promise.resolve());
  expect(await known(done.id)).toBe(true);
  await forgetting(0, () => eventually(async () => !(await known(done.id))));
  expect(await Promise.all([failed, waiting].map(({ id }) => known(id)))).toEqual([true, true]);
  expect(await queue.push.queue.getWaitingCount()).toBe(1);
});
