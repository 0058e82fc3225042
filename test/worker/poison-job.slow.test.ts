import { join } from 'node:path';
import { findApplication } from '../../src/applications/find';
import { findJob, retryJob } from '../../src/queue/applications';
import { lockCandidate } from '../support/candidate-lock';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { expireLocks } from '../support/expire-locks';
import { applicationEvent } from '../support/factories';
import { enqueueAll } from '../support/four-workers';
import { startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs, enqueue, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

let worker: RealProcess | undefined;
atEnd(async () => worker?.stop('SIGKILL'));

const POISON_ID = 'poison-application';
const PRELOAD = { NODE_OPTIONS: `--require ${join(__dirname, 'support/crash.js')}`, POISON_ID };

async function startWorker(env: NodeJS.ProcessEnv = {}): Promise<RealProcess> {
  await expireLocks(queue);
  worker = await startProcess('worker', stores, queue, env);
  return worker;
}

it('gives a job its outcome after ten workers were really killed while they processed it', async () => {
  const event = applicationEvent();
  const lock = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  for (let kills = 0; kills < 10; kills += 1) {
    const victim = await startWorker();
    await lock.waitForJob();
    await victim.stop('SIGKILL');
  }
  await lock.release();
  const last = await startWorker();
  expect(await eventually(() => jobOutcome(queue, event))).toMatchObject({ status: 'ACCEPTED' });
  await last.stop();
  expect(await stores.database.events.count({ where: { applicationId: event.id } })).toBe(1);
});

describe('a job that kills every worker that processes it', () => {
  const poison = applicationEvent({ id: POISON_ID });
  const neighbours = Array.from({ length: 6 }, () => applicationEvent());

  it('fails with its reason after twelve workers', async () => {
    await enqueueAll(queue, [...neighbours.slice(0, 3), poison, ...neighbours.slice(3)]);
    let killed = 0;
    while ((await countOpenJobs(queue)) > 0) {
      const current = await startWorker(PRELOAD);
      const { child } = current;
      await eventually(async () => child.signalCode !== null || (await countOpenJobs(queue)) === 0);
      if (child.signalCode === null) await current.stop();
      else killed += 1;
    }
    expect(killed).toBe(12);
    const found = await findApplication(stores.database, queue.applications, POISON_ID);
    const reason = 'given up: 12 workers were lost while they processed it';
    expect(found).toMatchObject({ status: 'FAILED', reason });
  });

  it('does not fail the jobs that were in the same batches', async () => {
    const outcomes = await Promise.all(neighbours.map((event) => jobOutcome(queue, event)));
    expect(outcomes.map((outcome) => outcome?.status)).toEqual(neighbours.map(() => 'ACCEPTED'));
  });

  it('gets its outcome when it is replayed to a worker without the fault', async () => {
    const failed = await findJob(queue.applications, POISON_ID);
    if (failed) await retryJob(failed.job);
    await startWorker();
    expect(await eventually(() => jobOutcome(queue, poison))).toMatchObject({ status: 'ACCEPTED' });
  });
});
