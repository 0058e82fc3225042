import { QueryTypes, type Transaction } from 'sequelize';
import { connectDatabase, type Database } from '../../src/models/connect';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { runInProcess, storesEnv } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { describeWith } from '../support/required-tool';
import { account } from './support/account';
import { afterSeconds, sendLoad } from './support/load';
import { startPgBouncer, type PgBouncer } from './support/pgbouncer';

/** `.ci/run` sends for a minute. */
const SECONDS = Number(process.env['PGBOUNCER_SECONDS'] ?? 4);
const PER_SECOND = 250;

describeWith({ command: 'pgbouncer', package: 'pgbouncer' })('PgBouncer in transaction mode', () => {
  const stores = useDatabase();
  const queue = useQueue();
  let bouncer: PgBouncer;
  let pooled: Database;
  let url: string;
  beforeAll(async () => {
    bouncer = await startPgBouncer(stores.url);
    url = bouncer.through(stores.url);
    pooled = connectDatabase(url);
  });
  atEnd(() => bouncer.close());
  atEnd(() => pooled.sequelize.close());

  /** Web does this when it learns of new events, here by polling. */
  async function hasPositionedAllEvents(): Promise<boolean> {
    const [rows] = await stores.database.sequelize.query('SELECT FROM events WHERE position IS NULL LIMIT 1');
    return rows.length === 0;
  }

  /** Returns the lock timeout in milliseconds. */
  async function readLockTimeout(transaction: Transaction | null): Promise<number> {
    const sql = "SELECT setting::int FROM pg_settings WHERE name = 'lock_timeout'";
    const options = { type: QueryTypes.SELECT as const, transaction };
    const [row] = await pooled.sequelize.query<{ setting: number }>(sql, options);
    return row?.setting ?? NaN;
  }

  it('limits the time of each transaction', async () => {
    expect(await pooled.sequelize.transaction(readLockTimeout)).toBe(2000);
  });

  it('leaves no limit behind for other clients of the same session', async () => {
    await pooled.sequelize.transaction(readLockTimeout);
    expect(await readLockTimeout(null)).toBe(0);
  });

  it('serves commands', async () => {
    const env = { ...storesEnv(stores, queue), DATABASE_URL: url };
    expect((await runInProcess(['list'], env)).code).toBe(0);
  });

  it('processes every acknowledged application at 250 a second, and delivers every event without notifications', async () => {
    const secret = createSecret();
    const env = { WEBHOOK_SECRETS: secret, LOG_LEVEL: 'warn' };
    const web = await startProcess('web', { url }, queue, env);
    const worker = await startProcess('worker', { url }, queue, env);
    const target = { url: web.url ?? '', secret, token: '' };
    const load = await sendLoad(target, PER_SECOND, afterSeconds(SECONDS));
    await eventually(async () => (await countOpenJobs(queue)) === 0);
    await eventually(hasPositionedAllEvents);
    expect([await worker.stop(), await web.stop()]).toEqual([0, 0]);
    expect({
      ...(await account(stores.database, load)),
      events: await stores.database.events.count(),
    }).toEqual({ acknowledged: load.sent, lost: 0, doubled: 0, failed: 0, events: load.sent });
  });
});
