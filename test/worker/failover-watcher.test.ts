import { processAllLostAgain } from '../../src/applications/lost-outcomes';
import { openTimelineRecord, readTimeline } from '../../src/applications/timeline';
import { findJob } from '../../src/queue/applications';
import { startFailoverWatcher } from '../../src/worker/failover-watcher';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { silentLog, useQueue } from '../support/queue';
import { enqueue } from '../support/queue-jobs';

const stores = useDatabase();
const queue = useQueue();

/** Adds a job that was completed two days ago, and has no row: its outcome was lost in a failover. */
async function addLost(): Promise<string> {
  const event = applicationEvent();
  const job = await enqueue(queue, event);
  const { connection } = queue.applications;
  const key = (name: string) => queue.bullmq.toKey(name);
  const finishedOn = Date.now() - 2 * 86_400_000;
  const outcome = { status: 'ACCEPTED', reason: null, processed_at: new Date(finishedOn).toISOString() };
  await connection.lrem(key('wait'), 1, job.id ?? '');
  await connection.hset(key(job.id ?? ''), { finishedOn, returnvalue: JSON.stringify(outcome) });
  await connection.zadd(key('completed'), finishedOn, job.id ?? '');
  return event.id;
}

it('finds every lost outcome although what it processes again leaves the list it reads', async () => {
  const ids = new Set<string>();
  for (let count = 0; count < 1200; count += 1) ids.add(await addLost());
  const ended = new AbortController().signal;
  const onProcessed = jest.fn();
  await processAllLostAgain(stores.database, queue.applications, ended, onProcessed);
  expect(onProcessed).toHaveBeenCalledTimes(ids.size);
  expect(await queue.bullmq.getWaitingCount()).toBe(ids.size);
  await queue.bullmq.obliterate({ force: true });
});

it('processes lost outcomes again after a failover, also those of before a long outage', async () => {
  const id = await addLost();
  const record = openTimelineRecord(queue.applications);
  await record.write('of the old primary');
  const watcher = startFailoverWatcher(queue.applications, stores.database, silentLog, 20);
  const timeline = await readTimeline(stores.database);
  await eventually(async () => (await record.read()) === timeline);
  await watcher.close();
  expect((await findJob(queue.applications, id))?.state).toBe('waiting');
});
