import { findJob } from '../../src/queue/applications';
import { clearTables, useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { refuseCandidate } from '../support/database-faults';
import { enqueueAll } from '../support/four-workers';
import { lockCandidate } from '../support/candidate-lock';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { enqueue, countOpenJobs, jobOutcome, drainQueue } from '../support/queue-jobs';
import { runWorker } from '../support/worker';

const stores = useDatabase();
const queue = useQueue();
beforeEach(() => clearTables(stores));

const hundred = () => Array.from({ length: 100 }, () => applicationEvent());

it('processes the active jobs in few transactions', async () => {
  await enqueueAll(queue, hundred());
  await drainQueue(stores, queue, 100);
  const [rows] = await stores.database.sequelize.query(
    'SELECT count(*)::int AS rows, count(DISTINCT xmin::text)::int AS transactions FROM applications',
  );
  const [{ rows: processed, transactions }] = rows as [{ rows: number; transactions: number }];
  expect(processed).toBe(100);
  expect(transactions).toBeLessThan(50);
});

it('gives 99 applications an outcome and fails one that the database refuses', async () => {
  const events = hundred();
  const [refused] = events.splice(50, 1);
  if (!refused) throw new Error('there are 100 events');
  const removeFault = await refuseCandidate(stores.database.sequelize, refused.candidate_id, {
    sqlState: '23514',
  });
  await enqueueAll(queue, [...events.slice(0, 50), refused, ...events.slice(50)]);
  await drainQueue(stores, queue, 100);
  await removeFault();
  const outcomes = await Promise.all(events.map((event) => jobOutcome(queue, event)));
  expect(outcomes.filter((outcome) => outcome?.status === 'ACCEPTED')).toHaveLength(99);
  expect(await findJob(queue.applications, refused.id)).toMatchObject({
    state: 'failed',
    job: { attemptsMade: 1 },
  });
  expect(await stores.database.applications.findByPk(refused.id)).toMatchObject({ status: 'FAILED' });
});

it('processes other applications while one waits for a locked candidate', async () => {
  const held = applicationEvent();
  const lock = await lockCandidate(stores, held.candidate_id);
  const neighbours = Array.from({ length: 20 }, () => applicationEvent());
  await enqueueAll(queue, [held, ...neighbours]);
  const stop = await runWorker(stores, queue, { workerConcurrency: 100 });
  await eventually(async () => {
    const outcomes = await Promise.all(neighbours.map((event) => jobOutcome(queue, event)));
    return outcomes.every((outcome) => outcome?.status === 'ACCEPTED');
  });
  expect(await jobOutcome(queue, held)).toBeUndefined();
  await lock.release();
  expect(await eventually(() => jobOutcome(queue, held))).toMatchObject({ status: 'ACCEPTED' });
  await stop();
});

it('processes an application once when two active jobs contain it', async () => {
  const event = applicationEvent();
  await queue.bullmq.pause();
  const job = await enqueue(queue, event);
  await queue.bullmq.add('application', job.data, { jobId: 'a-second-job' });
  await queue.bullmq.resume();
  await drainQueue(stores, queue, 100);
  expect(await countOpenJobs(queue)).toBe(0);
  const second = await queue.bullmq.getJob('a-second-job');
  expect(second?.returnvalue).toEqual(await jobOutcome(queue, event));
});
