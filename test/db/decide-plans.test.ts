import { QueryTypes } from 'sequelize';
import { processApplications } from '../../src/applications/process';
import { connectDatabase, type Database } from '../../src/models/connect';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';

const stores = useDatabase();
const BATCH = 50;

/** One connection, as its plans are kept for it; the first are made while the tables are empty. */
let one: Database;
beforeAll(() => {
  one = connectDatabase(stores.url, { poolSize: 1 });
  atEnd(() => one.sequelize.close());
});

async function decideBatches(count: number): Promise<void> {
  for (let n = 0; n < count; n++) {
    const events = Array.from({ length: BATCH }, () => applicationEvent());
    const received_at = new Date().toISOString();
    const decided = await processApplications(
      one,
      events.map((event) => ({ event, received_at })),
    );
    expect(decided.every(({ outcome }) => outcome.status === 'ACCEPTED')).toBe(true);
  }
}

/** Rows that this database's tables were read for, by whatever plan. */
async function rowsRead(): Promise<number> {
  await one.sequelize.query('SELECT pg_stat_force_next_flush()');
  const [read] = await one.sequelize.query<{ rows: number }>(
    'SELECT sum(seq_tup_read + idx_tup_fetch)::int AS rows FROM pg_stat_user_tables',
    { type: QueryTypes.SELECT },
  );
  return read?.rows ?? NaN;
}

async function readFor(batches: number): Promise<number> {
  const before = await rowsRead();
  await decideBatches(batches);
  return (await rowsRead()) - before;
}

it('reads no more for a batch however many applications there are', async () => {
  await decideBatches(1);
  const atFirst = await readFor(5);
  await decideBatches(40);
  expect(await readFor(5)).toBeLessThan(2 * atFirst);
});
