import { runInProcess } from '../support/cli';
import { eventually } from '../support/eventually';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { describeWith } from '../support/required-tool';
import { account, complete } from './support/account';
import { startPair, waitForStandbys, type Pair } from './support/failover';
import { sendLoad } from './support/load';
import { loadTime, measure, PER_SECOND, settle, type Measurement } from './support/measure';
import { POSTGRES_15 } from './support/postgres-server';
import { recordRow } from './support/table';

describeWith(POSTGRES_15)('failover of PostgreSQL', () => {
  const queue = useQueue();
  let pair: Pair;
  beforeEach(async () => {
    await queue.bullmq.obliterate({ force: true });
    await queue.applications.connection.del(`${queue.prefix}:postgres-timeline`); // Of the previous pair.
    pair = await startPair(queue);
  });
  afterEach(() => pair.close());

  /** Fails over under load. Resolves when every acknowledged application was processed once. */
  function failOverUnderLoad(platform: string): Promise<Measurement> {
    return measure({ platform, ...pair }, async () => {
      await loadTime();
      await pair.failOver();
      await eventually(async () => (await fetch(`${pair.web.url}/readyz`)).ok);
      await loadTime();
    });
  }

  it('loses nothing with a synchronous standby', async () => {
    const { primary } = pair;
    await primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    await primary.query('SELECT pg_reload_conf()');
    await eventually(async () => {
      const [row] = await primary.query('SELECT sync_state FROM pg_stat_replication');
      return row?.['sync_state'] === 'sync';
    });
    const { load, result } = await failOverUnderLoad('PostgreSQL 15, synchronous standby promoted');
    expect(result).toEqual(complete(load));
  });

  describe('to an asynchronous standby that was behind', () => {
    beforeEach(async () => {
      await pair.standby.query("ALTER SYSTEM SET primary_conninfo = ''");
      await pair.standby.query('SELECT pg_reload_conf()');
      await waitForStandbys(pair.primary, 0);
    });

    const reconcile = () =>
      runInProcess(['reconcile', '--since', '1h'], {
        DATABASE_URL: pair.url,
        REDIS_URL: queue.redisUrl,
        QUEUE_PREFIX: queue.prefix,
      });

    /** Returns how many lost outcomes the worker has found, from its log. */
    const lostByWorker = () => Number(/"lost":(\d+)/.exec(pair.worker.output())?.[1] ?? 0);

    it('conv reconcile brings back every lost outcome', async () => {
      let isDone = false;
      const sending = sendLoad(pair.web, PER_SECOND, () => isDone);
      await loadTime();
      isDone = true;
      const load = await sending;
      await eventually(async () => (await countOpenJobs(queue)) === 0);
      await pair.worker.stop();
      await pair.failOver();
      const before = await eventually(() => account(pair.database, load));
      await reconcile();
      const worker = await startProcess('worker', pair, queue);
      const result = await settle(pair.database, load);
      await worker.stop();
      const platform = 'PostgreSQL 15, lagging standby promoted, conv reconcile';
      recordRow({ platform, ...result, longestMs: { acknowledgement: load.longestGapMs } });
      expect([before.lost > 0, result]).toEqual([true, complete(load)]);
    });

    it('workers bring back every lost outcome by themselves', async () => {
      const name = 'PostgreSQL 15, lagging standby promoted, workers';
      const { load, result } = await failOverUnderLoad(name);
      await eventually(() => lostByWorker() > 0);
      expect(result).toEqual(complete(load));
    });
  });
});
