import { findJob } from '../../src/queue/applications';
import type { ApplicationEvent } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { lockCandidate } from '../support/candidate-lock';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';
import { runWorker } from '../support/worker';
import { enqueue, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

let proxy: Proxy;
beforeAll(async () => {
  proxy = await forwardTo(stores.url);
});

let stop: (() => Promise<void>) | undefined;
const startWorker = async () => {
  stop = await runWorker({ ...stores, url: proxy.through(stores.url) }, queue);
};
beforeEach(() => proxy.restore());
afterEach(async () => {
  proxy.restore();
  await stop?.();
  stop = undefined;
});

async function enqueued(count: number): Promise<ApplicationEvent[]> {
  const events = Array.from({ length: count }, () => applicationEvent());
  for (const event of events) await enqueue(queue, event);
  return events;
}

/** Waits until the worker has failed to connect a few times. */
const workerFailsToConnect = () => {
  const before = proxy.refusedConnections();
  return eventually(() => proxy.refusedConnections() >= before + 3);
};

const attempts = (events: ApplicationEvent[]) =>
  Promise.all(events.map(async ({ id }) => (await findJob(queue.applications, id))?.job.attemptsMade));

async function allAccepted(events: ApplicationEvent[]): Promise<void> {
  for (const event of events)
    expect(await eventually(() => jobOutcome(queue, event))).toMatchObject({ status: 'ACCEPTED' });
}

it('keeps jobs waiting without using up attempts, and processes them when the database is back', async () => {
  await startWorker();
  await allAccepted(await enqueued(1));
  proxy.cut();
  const events = await enqueued(20);
  await workerFailsToConnect();
  const counts = await queue.bullmq.getJobCounts('waiting', 'active', 'delayed', 'failed');
  expect(counts).toMatchObject({ delayed: 0, failed: 0 });
  expect(await attempts(events)).toEqual(events.map(() => 0));
  proxy.restore();
  await allAccepted(events);
  expect(await attempts(events)).toEqual(events.map(() => 1));
  expect(await stores.database.applications.count({ where: { status: 'FAILED' } })).toBe(0);
});

it('survives one outage after another', async () => {
  await startWorker();
  for (let round = 0; round < 3; round++) {
    proxy.cut();
    const events = await enqueued(5);
    await workerFailsToConnect();
    proxy.restore();
    await allAccepted(events);
  }
});

it('starts without the database, and processes jobs when it is available', async () => {
  proxy.cut();
  await startWorker();
  const events = await enqueued(3);
  await workerFailsToConnect();
  proxy.restore();
  await allAccepted(events);
});

it('puts a job back when the connection breaks during processing', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await startWorker();
  await enqueue(queue, event);
  await lock.waitForJob();
  proxy.cut();
  await lock.release();
  await workerFailsToConnect();
  expect(await attempts([event])).toEqual([0]);
  proxy.restore();
  await allAccepted([event]);
  expect(await stores.database.conversations.count({ where: { applicationId: event.id } })).toBe(1);
});

it('stops during an outage, and leaves its jobs to the next worker', async () => {
  proxy.cut();
  await startWorker();
  const events = await enqueued(5);
  await workerFailsToConnect();
  await stop?.();
  stop = undefined;
  expect(await queue.bullmq.getFailedCount()).toBe(0);
  proxy.restore();
  await startWorker();
  await allAccepted(events);
});

it('treats a missing schema as an outage: jobs wait for the migration', async () => {
  await startWorker();
  const { sequelize } = stores.database;
  await sequelize.query('ALTER TABLE applications RENAME TO not_yet');
  const events = await enqueued(3);
  await eventually(async () => (await findJob(queue.applications, events[0]?.id ?? ''))?.job.attemptsStarted);
  expect(await attempts(events)).toEqual([0, 0, 0]);
  await sequelize.query('ALTER TABLE not_yet RENAME TO applications');
  await allAccepted(events);
});

describe('while another transaction locks a table', () => {
  let unlock: () => Promise<void>;
  beforeEach(async () => {
    const transaction = await stores.database.sequelize.transaction();
    const run = (sql: string) => stores.database.sequelize.query(sql, { transaction });
    // The product's connections end a transaction that is idle for some seconds.
    await run('SET LOCAL idle_in_transaction_session_timeout = 0');
    await run('LOCK TABLE conversations IN ACCESS EXCLUSIVE MODE');
    unlock = () => transaction.rollback();
  });
  afterEach(() => unlock());

  it('takes jobs again after an outage, and delays them because of the lock', async () => {
    proxy.cut();
    await startWorker();
    await workerFailsToConnect();
    const [event] = await enqueued(1);
    proxy.restore();
    await eventually(async () => (await findJob(queue.applications, event?.id ?? ''))?.state === 'delayed');
  });
});
