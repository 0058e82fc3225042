import { Pool } from 'pg';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { distinctBy } from './group';
import { openBoss, QUEUE } from './pg-boss-queue';
import { setting, stopOnSigterm } from './serve';
import { decideMany } from './statement';

/** The shortest interval that pg-boss accepts. */
const POLL_SECONDS = 0.5;

/** Several batch workers, one statement per batch; each fetches the next batch at once. */
async function main(): Promise<void> {
  const batchWorkers = Number(setting('BATCH_WORKERS'));
  const batchSize = Number(setting('BATCH'));
  const pool = new Pool({ connectionString: setting('DATABASE_URL'), max: batchWorkers });
  const boss = await openBoss(batchWorkers * 2);
  for (let n = 0; n < batchWorkers; n++) {
    let id = '';
    id = await boss.work(QUEUE, { batchSize, pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
      boss.notifyWorker(id);
      const events = jobs.map(({ data }) => data as ApplicationEvent);
      for (const part of distinctBy(events, (event) => event.candidate_id)) await decideMany(pool, part);
    });
  }
  process.send?.({ ready: true });
  stopOnSigterm(() => boss.stop({ graceful: false, wait: false }));
}

void main();
