import { run } from 'graphile-worker';
import type { ApplicationEvent } from '../../../src/lib/domain';
import { openPool, silent, TASK } from './graphile-queue';
import { group } from './group';
import { setting, stopOnSigterm } from './serve';
import { decideMany } from './statement';

/** Fetches jobs ahead, batches completions, and processes all active jobs with one statement. */
async function main(): Promise<void> {
  const concurrentJobs = Number(setting('CONCURRENCY'));
  const pgPool = openPool(10);
  const decide = group({
    concurrentGroups: 2,
    maxItems: 100,
    keyOf: (event: ApplicationEvent) => event.candidate_id,
    work: (events) => decideMany(pgPool, events),
  });
  const runner = await run({
    pgPool,
    logger: silent,
    noHandleSignals: true,
    preset: { worker: { concurrentJobs, localQueue: { size: 500 }, completeJobBatchDelay: 0 } },
    taskList: {
      [TASK]: async (payload) => {
        await decide(payload as ApplicationEvent);
      },
    },
  });
  process.send?.({ ready: true });
  stopOnSigterm(() => runner.stop());
}

void main();
