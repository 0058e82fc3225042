import { findJob } from '../../src/queue/applications';
import { addPushes } from '../../src/queue/push';
import { openTimelineRecord, readTimeline } from '../../src/applications/timeline';
import { connectDatabase } from '../../src/models/connect';
import { removeCompletedJobs, startJobCleanup } from '../../src/worker/job-cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { forwardTo } from '../support/proxy';
import { traceablePerson, findTraces } from '../support/traceable-person';
import { silentLog, useQueue } from '../support/queue';
import { enqueue, failPermanently, drainQueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

/** Runs the cleanup every 20 ms while `work` runs. */
async function withCleanup(keepCompletedSeconds: number, work: () => Promise<unknown>): Promise<void> {
  const running = startJobCleanup(queue, stores.database, keepCompletedSeconds, silentLog, 20);
  try {
    await work();
  } finally {
    await running.close();
  }
}

const recordTimeline = async (timeline: string | null) =>
  openTimelineRecord(queue.applications).write(timeline ?? '');
beforeEach(async () => {
  await queue.bullmq.obliterate({ force: true });
  await recordTimeline(await readTimeline(stores.database));
});

async function complete(): Promise<void> {
  await enqueue(queue, applicationEvent());
  await drainQueue(stores, queue);
}

const removeAll = (database = stores.database) => removeCompletedJobs(queue, database, 0);

const completed = () => queue.bullmq.getCompletedCount();
const exists = async (id: string) => (await findJob(queue.applications, id)) !== null;

it('removes a completed job after its retention, even in an idle queue', async () => {
  const person = traceablePerson();
  await enqueue(queue, person.event());
  await drainQueue(stores, queue);
  expect(await completed()).toBe(1);
  await withCleanup(0, () => eventually(async () => (await completed()) === 0));
  expect((await findTraces(person, stores, queue)).queue).toEqual([]);
});

it('keeps younger, waiting and failed jobs', async () => {
  const [failed, done, waiting] = [applicationEvent(), applicationEvent(), applicationEvent()];
  await failPermanently(stores, queue, failed);
  await enqueue(queue, done);
  await drainQueue(stores, queue);
  await enqueue(queue, waiting);
  await addPushes(queue.push, ['0198c0de-0000-7000-8000-000000000000']);
  await withCleanup(3600, () => Promise.resolve());
  expect(await exists(done.id)).toBe(true);
  await withCleanup(0, () => eventually(async () => !(await exists(done.id))));
  expect(await Promise.all([failed, waiting].map(({ id }) => exists(id)))).toEqual([true, true]);
  expect(await queue.push.queue.getWaitingCount()).toBe(1);
});

it('keeps completed jobs after a failover of PostgreSQL until lost outcomes are processed again', async () => {
  await complete();
  await recordTimeline('of the old primary');
  expect(await removeAll()).toEqual({ applications: 0, pushes: 0 });
  await recordTimeline(await readTimeline(stores.database));
  expect(await removeAll()).toEqual({ applications: 1, pushes: 0 });
});

it('keeps completed jobs while PostgreSQL is unavailable', async () => {
  await complete();
  const proxy = await forwardTo(stores.url);
  const database = connectDatabase(proxy.through(stores.url));
  proxy.cut();
  await expect(removeAll(database)).rejects.toMatchObject({ code: 'DATABASE_UNAVAILABLE' });
  expect(await completed()).toBe(1);
  await database.sequelize.close();
});
