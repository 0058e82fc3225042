import { connectDatabase, type Database } from '../../src/models/connect';
import { queryPrepared } from '../../src/models/prepared';
import { atEnd } from '../support/cleanup';
import { useDatabase } from '../support/database';

const stores = useDatabase();
let one: Database;
beforeAll(() => {
  one = connectDatabase(stores.url, { poolSize: 1 });
  atEnd(() => one.sequelize.close());
});

it('gives up a connection whose statement a migration has outdated', async () => {
  const all = () => queryPrepared(one.sequelize, { name: 'all', text: 'SELECT * FROM changing' }, []);
  await stores.database.sequelize.query('CREATE TABLE changing AS SELECT 1 AS before');
  expect(await all()).toEqual([{ before: 1 }]);
  await stores.database.sequelize.query('ALTER TABLE changing ADD COLUMN after integer DEFAULT 2');
  await expect(all()).rejects.toThrow('cached plan must not change result type');
  expect(await all()).toEqual([{ before: 1, after: 2 }]);
});
