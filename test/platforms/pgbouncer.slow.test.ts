import { setTimeout as wait } from 'node:timers/promises';
import { QueryTypes, type Transaction } from 'sequelize';
import { connectDatabase, type Database } from '../../src/models/connect';
import { createSecret } from '../../src/lib/signature';
import { atEnd } from '../support/cleanup';
import { runInProcess, storesEnv } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { applicationEvent } from '../support/factories';
import { startProcess } from '../support/processes';
import { useQueue } from '../support/queue';
import { countOpenJobs } from '../support/queue-jobs';
import { describeWith } from '../support/required-tool';
import { post } from '../support/web';
import { startPgBouncer, type PgBouncer } from './support/pgbouncer';

/** `.ci/run` sends for a minute. */
const SECONDS = Number(process.env['PGBOUNCER_SECONDS'] ?? 4);
const EVERY_MS = 20;
const AT_ONCE = 5;

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
    let acknowledged = 0;
    const send = async () => {
      const response = await post(target, applicationEvent());
      if (response.status === 202) acknowledged += 1;
    };
    const sending: Promise<void>[] = [];
    const until = Date.now() + SECONDS * 1000;
    while (Date.now() < until) {
      for (let n = 0; n < AT_ONCE; n += 1) sending.push(send());
      await wait(EVERY_MS);
    }
    await Promise.all(sending);
    await eventually(async () => (await countOpenJobs(queue)) === 0);
    const { applications, events } = stores.database;
    await eventually(hasPositionedAllEvents);
    expect([await worker.stop(), await web.stop()]).toEqual([0, 0]);
    expect({
      sent: sending.length,
      acknowledged,
      accepted: await applications.count({ where: { status: 'ACCEPTED' } }),
      events: await events.count(),
    }).toEqual({
      sent: sending.length,
      acknowledged: sending.length,
      accepted: sending.length,
      events: sending.length,
    });
  });
});
