import type { Pool } from 'pg';
import { ROOT, type Bed } from '../lab';
import { conversations } from '../outcomes';
import { startConv } from '../processes';
import type { Bench, Contestant, Row } from '../row';
import { drainBacklog } from './worker';

const COMMIT_MS = 50;
const WORKERS = [1, 2, 4];
/** Small batches, so that the commits limit the rate and not this machine's processors. */
const CONCURRENCY = '10';
const BACKLOG_SHARE = 0.15;

/**
 * Every transaction that writes events takes so long to commit, as with a distant synchronous standby. The trigger runs at the
 * commit, once per transaction, while the transaction still holds its locks.
 */
const DELAY_COMMITS = `
CREATE FUNCTION delay_commit() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
  IF current_setting('bench.delayed', true) IS DISTINCT FROM pg_current_xact_id()::text THEN
    PERFORM set_config('bench.delayed', pg_current_xact_id()::text, true);
    PERFORM pg_sleep(${COMMIT_MS / 1000});
  END IF;
  RETURN NULL;
END $$;
CREATE CONSTRAINT TRIGGER delay_commit AFTER INSERT OR UPDATE ON events DEFERRABLE INITIALLY DEFERRED
  FOR EACH ROW EXECUTE FUNCTION delay_commit();`;

async function delayCommits(pool: Pool): Promise<void> {
  await pool.query(DELAY_COMMITS);
}

/** Starts a web process, which assigns the positions of the events, and `count` workers. */
async function startProcesses(bed: Bed, count: number) {
  await delayCommits(bed.pool);
  const env = { WORKER_CONCURRENCY: CONCURRENCY };
  const workers = Array.from({ length: count }, () => startConv('worker', bed, env));
  return [await startConv('web', bed), ...(await Promise.all(workers))];
}

/** Throughput of 1, 2 and 4 workers where each commit takes 50 ms: nothing may be held through a commit that others need. */
export function commitLatency(bench: Bench): Row {
  const backlog = Math.ceil(bench.options.burst * BACKLOG_SHARE);
  const named = (name: string, count: number) => `${name}, ${count} worker${count === 1 ? '' : 's'}`;
  const contestants = [{ name: 'conv', root: ROOT }, ...bench.options.checkouts].flatMap(({ name, root }) =>
    WORKERS.map((count): Contestant => ({
      name: named(name, count),
      how: `concurrency ${CONCURRENCY} each, backlog ${backlog}, commits of ${COMMIT_MS} ms`,
      beside: named(name, 1),
      trial: () =>
        drainBacklog(bench, backlog, {
          root,
          start: (bed) => startProcesses(bed, count),
          done: (bed) => conversations(bed.pool),
        }),
    })),
  );
  const against = named('conv', 1);
  return {
    subject: 'conv, 1 worker',
    contestants,
    goals: [
      { metric: 'jobs/s', of: named('conv', 2), against, atLeast: 1.8 },
      { metric: 'jobs/s', of: named('conv', 4), against, atLeast: 3.2 },
    ],
  };
}
