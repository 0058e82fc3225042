import { pruneEvents } from '../../src/events/retention';
import { connectDatabase, type Database } from '../../src/models/connect';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';
import { insertEvents } from '../support/feed';
import { rowsRead } from '../support/rows-read';

const stores = useDatabase();

/** The only connection that reads rows: others would count them some time later. */
let single: Database;
beforeAll(() => {
  single = connectDatabase(stores.url, { poolSize: 1 });
  atEnd(() => single.sequelize.close());
});

it('reads one page of the feed to remove old events, however long the feed is', async () => {
  await insertEvents(single, 20_000);
  await single.sequelize.query(
    `UPDATE events SET created_at = now() - interval '31 days' WHERE position <= 2`,
  );
  await single.sequelize.query('VACUUM ANALYZE events');
  const before = await rowsRead(single);
  await pruneEvents(single, 30, false);
  expect((await rowsRead(single)) - before).toBeLessThan(6000);
});
