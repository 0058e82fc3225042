import { QueryTypes } from 'sequelize';
import { connectDatabase, type Database } from '../../src/models/connect';
import { processBatch } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';

const stores = useDatabase();
const BATCH = 50;

/** One connection, because plans belong to a connection; the first ones are made while the tables are empty. */
let single: Database;
beforeAll(() => {
  single = connectDatabase(stores.url, { poolSize: 1 });
  atEnd(() => single.sequelize.close());
});

async function processBatches(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const events = Array.from({ length: BATCH }, () => applicationEvent());
    const received_at = new Date().toISOString();
    const results = await processBatch(
      single,
      events.map((event) => ({ event, received_at })),
    );
    expect(results.every(({ outcome }) => outcome.status === 'ACCEPTED')).toBe(true);
  }
}

/** Rows that were read from this database's tables, by any plan. */
async function rowsRead(): Promise<number> {
  await single.sequelize.query('SELECT pg_stat_force_next_flush()');
  const [read] = await single.sequelize.query<{ rows: number }>(
    'SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_user_tables',
    { type: QueryTypes.SELECT },
  );
  return read?.rows ?? NaN;
}

async function rowsReadFor(batches: number): Promise<number> {
  const before = await rowsRead();
  await processBatches(batches);
  return (await rowsRead()) - before;
}

it('reads the same number of rows per batch, however many applications there are', async () => {
  await processBatches(1);
  const atFirst = await rowsReadFor(5);
  await processBatches(40);
  expect(await rowsReadFor(5)).toBeLessThan(2 * atFirst);
});
