import { join } from 'node:path';
import { findApplication } from '../../src/applications/find';
import { lockCandidate } from '../support/candidate-lock';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { expireLocks } from '../support/expire-locks';
import { applicationEvent } from '../support/factories';
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
});

it('fails a job after it has really killed twelve workers', async () => {
  await enqueue(queue, applicationEvent({ id: POISON_ID }));
  let killed = 0;
  while ((await countOpenJobs(queue)) > 0) {
    const { child } = await startWorker(PRELOAD);
    await eventually(async () => child.signalCode !== null || (await countOpenJobs(queue)) === 0);
    if (child.signalCode !== null) killed += 1;
  }
  expect(killed).toBe(12);
  const found = await findApplication(stores.database, queue.applications, POISON_ID);
  expect(found).toMatchObject({ status: 'FAILED' });
});
