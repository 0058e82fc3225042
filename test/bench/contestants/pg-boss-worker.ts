import { Pool } from 'pg';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { distinctBy } from './group';
import { openBoss, QUEUE } from './pg-boss-queue';
import { setting, untilTold } from './serve';
import { decideMany } from './statement';

/** The shortest that pg-boss takes. */
const POLL_SECONDS = 0.5;

/** Several takers of batches, each decided by one statement; a full batch is followed by the next at once. */
async function main(): Promise<void> {
  const takers = Number(setting('TAKERS'));
  const batchSize = Number(setting('BATCH'));
  const pool = new Pool({ connectionString: setting('DATABASE_URL'), max: takers });
  const boss = await openBoss(takers * 2);
  for (let n = 0; n < takers; n++) {
    let id = '';
    id = await boss.work(QUEUE, { batchSize, pollingIntervalSeconds: POLL_SECONDS }, async (jobs) => {
      boss.notifyWorker(id);
      const events = jobs.map(({ data }) => data as ApplicationEvent);
      for (const part of distinctBy(events, (event) => event.candidate_id)) await decideMany(pool, part);
    });
  }
  process.send?.({ ready: true });
  untilTold(() => boss.stop({ graceful: false, wait: false }));
}

void main();
