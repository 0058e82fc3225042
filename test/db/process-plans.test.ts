import { connectDatabase, type Database } from '../../src/models/connect';
import { processBatch } from '../support/applications';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { applicationEvent } from '../support/factories';
import { rowsRead } from '../support/rows-read';

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

async function rowsReadFor(batches: number): Promise<number> {
  const before = await rowsRead(single);
  await processBatches(batches);
  return (await rowsRead(single)) - before;
}

it('reads the same number of rows per batch, however many applications there are', async () => {
  await processBatches(1);
  const atFirst = await rowsReadFor(5);
  await processBatches(40);
  expect(await rowsReadFor(5)).toBeLessThan(2 * atFirst);
});
