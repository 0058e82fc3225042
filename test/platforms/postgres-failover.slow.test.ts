import { runInProcess } from '../support/cli';
import { eventually } from '../support/eventually';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { describeWith } from '../support/required-tool';
import { account, longestOutcomeGap, printResult } from './support/account';
import { watchAvailability } from './support/availability';
import { startPair, waitForStandbys, type Pair } from './support/failover';
import { afterSeconds, sendLoad, type Load } from './support/load';
import { POSTGRES_15 } from './support/postgres-server';

/** Before the failover, and after it. */
const SECONDS = 5;
const PER_SECOND = 100;

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
  async function failOverUnderLoad(): Promise<{ load: Load; withoutReadsMs: number }> {
    const watch = watchAvailability(`${pair.web.url}/readyz`);
    let isDone = () => false;
    const sending = sendLoad(pair.web, PER_SECOND, () => isDone());
    const isTime = afterSeconds(SECONDS);
    await eventually(isTime);
    await pair.failOver();
    await eventually(async () => (await fetch(`${pair.web.url}/readyz`)).ok);
    isDone = afterSeconds(SECONDS);
    const load = await sending;
    await eventually(async () => (await countOpenJobs(queue)) === 0);
    return { load, withoutReadsMs: await watch.stop() };
  }

  it('loses nothing with a synchronous standby', async () => {
    const { primary } = pair;
    await primary.query("ALTER SYSTEM SET synchronous_standby_names = 'standby'");
    await primary.query('SELECT pg_reload_conf()');
    await eventually(async () => {
      const [row] = await primary.query('SELECT sync_state FROM pg_stat_replication');
      return row?.['sync_state'] === 'sync';
    });
    const { load, withoutReadsMs } = await failOverUnderLoad();
    const result = await account(pair.database, load);
    printResult('PostgreSQL 15, failover to a synchronous standby', result, {
      acknowledgement: load.longestGapMs,
      reads: withoutReadsMs,
      outcome: await longestOutcomeGap(pair.database),
    });
    expect(result).toEqual({ acknowledged: load.sent, lost: 0, doubled: 0, failed: 0 });
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
      const load = await sendLoad(pair.web, PER_SECOND, afterSeconds(SECONDS));
      await eventually(async () => (await countOpenJobs(queue)) === 0);
      await pair.worker.stop();
      await pair.failOver();
      const before = await eventually(() => account(pair.database, load));
      await reconcile();
      const worker = await startProcess('worker', pair, queue);
      await eventually(async () => (await countOpenJobs(queue)) === 0);
      const result = await account(pair.database, load);
      await worker.stop();
      expect([before.lost > 0, result]).toEqual([
        true,
        { acknowledged: load.sent, lost: 0, doubled: 0, failed: 0 },
      ]);
    });

    it('workers bring back every lost outcome by themselves', async () => {
      const { load, withoutReadsMs } = await failOverUnderLoad();
      await eventually(() => lostByWorker() > 0);
      await eventually(async () => (await countOpenJobs(queue)) === 0);
      const result = await account(pair.database, load);
      const platform = `PostgreSQL 15, failover to an asynchronous standby, ${lostByWorker()} brought back`;
      printResult(platform, result, { acknowledgement: load.longestGapMs, reads: withoutReadsMs });
      expect(result).toEqual({ acknowledged: load.sent, lost: 0, doubled: 0, failed: 0 });
    });
  });
});
