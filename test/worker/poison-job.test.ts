import { join } from 'node:path';
import { findApplication } from '../../src/applications/find';
import { findJob, retryJob, stalledCount } from '../../src/queue/applications';
import { lockCandidate } from '../support/candidate-lock';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { expireLocks, setStalledCount } from '../support/expire-locks';
import { applicationEvent } from '../support/factories';
import { enqueueAll } from '../support/four-workers';
import { runConv, startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs, enqueue, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

let worker: RealProcess | undefined;
atEnd(async () => worker?.stop('SIGKILL'));

const POISON_ID = 'poison-application';
const PRELOAD = { NODE_OPTIONS: `--require ${join(__dirname, 'support/crash.js')}`, POISON_ID };

/** Starts a worker that takes over the jobs of the one before. */
async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<RealProcess> {
  await expireLocks(queue);
  worker = await startProcess('worker', stores, queue, env);
  return worker;
}

/** Starts one worker after the other, each killed by the poison job, until the condition is true. Returns how many were killed. */
async function restartUntil(condition: () => Promise<boolean>): Promise<number> {
  for (let killed = 0; ; killed += 1) {
    const worker = await startWorker(PRELOAD);
    await eventually(async () => worker.child.signalCode !== null || (await condition()));
    if (await condition()) {
      await worker.stop('SIGKILL');
      return killed;
    }
  }
}

it('gives a job its outcome after eleven workers were killed while they processed it', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  for (let kills = 0; kills < 2; kills += 1) {
    const victim = await startWorker();
    await lock.waitForJob();
    await victim.stop('SIGKILL');
    if (kills === 0) await setStalledCount(queue, event.id, 9);
  }
  await lock.release();
  const last = await startWorker();
  expect(await eventually(() => jobOutcome(queue, event))).toMatchObject({ status: 'ACCEPTED' });
  await last.stop();
  expect((await findJob(queue.applications, event.id))?.job.stalledCounter).toBe(11);
  expect(await stores.database.events.count({ where: { applicationId: event.id } })).toBe(1);
});

describe('a job that kills every worker that processes it', () => {
  const poison = applicationEvent({ id: POISON_ID });
  const neighbours = Array.from({ length: 20 }, () => applicationEvent());
  const neighbourOutcomes = () => Promise.all(neighbours.map((event) => jobOutcome(queue, event)));

  it('is quarantined after a few workers, so that jobs of the same batches get their outcomes', async () => {
    await enqueueAll(queue, [...neighbours.slice(0, 10), poison, ...neighbours.slice(10)]);
    await restartUntil(async () => (await countOpenJobs(queue)) === 1);
    expect((await neighbourOutcomes()).map((outcome) => outcome?.status)).toEqual(
      neighbours.map(() => 'ACCEPTED'),
    );
    const { job } = (await findJob(queue.applications, POISON_ID)) ?? {};
    expect(job && stalledCount(job)).toBeLessThan(12);
  });

  it('fails with its reason after twelve workers', async () => {
    await setStalledCount(queue, POISON_ID, 10);
    expect(await restartUntil(async () => (await countOpenJobs(queue)) === 0)).toBeLessThanOrEqual(2);
    expect((await findJob(queue.applications, POISON_ID))?.job.stalledCounter).toBe(12);
    const found = await findApplication(stores.database, queue.applications, POISON_ID);
    const reason = 'given up: 12 workers ended while they had it in hand';
    expect(found).toMatchObject({ status: 'FAILED', reason });
    const env = { DATABASE_URL: stores.url, REDIS_URL: queue.redisUrl, QUEUE_PREFIX: queue.prefix };
    const { stdout } = await runConv(['apps', 'list', '--status', 'FAILED', '-o', 'json'], env);
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ id: POISON_ID, reason })]);
  });

  it('gets its outcome when it is replayed to a worker without the fault', async () => {
    const failed = await findJob(queue.applications, POISON_ID);
    if (failed) await retryJob(failed.job);
    await startWorker();
    expect(await eventually(() => jobOutcome(queue, poison))).toMatchObject({ status: 'ACCEPTED' });
  });
});
