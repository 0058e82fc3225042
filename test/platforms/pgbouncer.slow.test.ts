import { setTimeout as wait } from 'node:timers/promises';
import { QueryTypes, type Transaction } from 'sequelize';
import { connectDatabase, type Database } from '../../src/models/connect';
import { atEnd } from '../support/cleanup';
import { runInProcess, storesEnv } from '../support/cli';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { useQueue } from '../support/queue';
import { describeWith } from '../support/required-tool';
import { complete } from './support/account';
import { measure } from './support/measure';
import { startPgBouncer, type PgBouncer } from './support/pgbouncer';
import { startPlatform } from './support/platform';

/** `.ci/run` and `npm run test:platforms` send for a minute. */
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

  it('loses no application at 250 a second, and delivers every event without notifications', async () => {
    const platform = await startPlatform({ url }, queue);
    const measured = {
      platform: 'PgBouncer, transaction mode',
      web: platform.web,
      database: stores.database,
    };
    const { load, result } = await measure({ ...measured, perSecond: PER_SECOND }, () =>
      wait(SECONDS * 1000),
    );
    await eventually(hasPositionedAllEvents);
    expect(await platform.stop()).toEqual([0, 0]);
    expect({ ...result, events: await stores.database.events.count() }).toEqual({
      ...complete(load),
      events: load.sent,
    });
  });
});
