import { join } from 'node:path';
import { findApplication } from '../../src/applications/find';
import { retryJob, findJob } from '../../src/queue/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { enqueueAll } from '../support/four-workers';
import { lockCandidate } from '../support/candidate-lock';
import { expireLocks } from '../support/expire-locks';
import { runConv, startProcess, type RealProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { enqueue, countOpenJobs, jobOutcome } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

let worker: RealProcess | undefined;
atEnd(async () => worker?.stop('SIGKILL'));

const KILLER = 'application-that-kills';
const PRELOAD = { NODE_OPTIONS: `--require ${join(__dirname, 'support/killer.js')}`, KILLER };

async function start(env: NodeJS.ProcessEnv = {}): Promise<RealProcess> {
  worker = await startProcess('worker', stores, queue, env);
  return worker;
}

/** Starts a worker whenever one was killed, until no job is open. Returns how many were killed. */
async function restartUntilDone(): Promise<number> {
  for (let killed = 0; ; killed += 1) {
    await expireLocks(queue);
    const { child } = await start(PRELOAD);
    await eventually(async () => child.signalCode !== null || (await countOpenJobs(queue)) === 0, 60_000);
    if (child.signalCode === null) return killed;
  }
}

it('ends with its true outcome though ten workers were killed over it', async () => {
  const event = applicationEvent();
  const hold = await lockCandidate(stores, event.candidate_id);
  await enqueue(queue, event);
  for (let kills = 0; kills < 10; kills += 1) {
    await expireLocks(queue);
    const victim = await start();
    await hold.waitForJob();
    await victim.stop('SIGKILL');
  }
  await hold.release();
  await expireLocks(queue);
  const last = await start();
  expect(await eventually(() => jobOutcome(queue, event), 60_000)).toMatchObject({ status: 'ACCEPTED' });
  await last.stop();
  expect(await stores.database.events.count({ where: { applicationId: event.id } })).toBe(1);
});

describe('an application that kills its worker each time', () => {
  const killer = applicationEvent({ id: KILLER });
  const neighbours = Array.from({ length: 20 }, () => applicationEvent());
  let killed: number;
  beforeAll(async () => {
    await enqueueAll(queue, [...neighbours.slice(0, 10), killer, ...neighbours.slice(10)]);
    killed = await restartUntilDone();
    await worker?.stop();
  }, 120_000);

  it('is FAILED with its reason after some, for whoever asks', async () => {
    expect(killed).toBe(12);
    const found = await findApplication(stores.database, queue.applications, KILLER);
    const reason = 'given up: 12 workers ended while they had it in hand';
    expect(found).toMatchObject({ status: 'FAILED', reason });
    const env = { DATABASE_URL: stores.url, REDIS_URL: queue.redisUrl, QUEUE_PREFIX: queue.prefix };
    const { stdout } = await runConv(['apps', 'list', '--status', 'FAILED', '-o', 'json'], env);
    expect(JSON.parse(stdout)).toEqual([expect.objectContaining({ id: KILLER, reason })]);
  });

  it('leaves its neighbours with their outcomes', async () => {
    const found = await Promise.all(neighbours.map((event) => jobOutcome(queue, event)));
    expect(found.map((outcome) => outcome?.status)).toEqual(neighbours.map(() => 'ACCEPTED'));
  });

  it('has all its chances once more when it is delivered or replayed later, and is decided where its fault is mended', async () => {
    const before = await findJob(queue.applications, KILLER);
    if (before) await retryJob(before.job);
    await start();
    expect(await eventually(() => jobOutcome(queue, killer), 60_000)).toMatchObject({ status: 'ACCEPTED' });
  });
});
