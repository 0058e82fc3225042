import { readFeed } from '../../src/events/feed';
import { assignPositions } from '../../src/events/position';
import type { Database } from '../../src/models/connect';
import { useDatabase } from '../support/database';
import { faultsOf } from './support/exactly-once';
import { write } from './support/writers';

/** Why positions exist: the same check with readers that follow a column filled at the insert. */

interface Page {
  names: string[];
  cursor: string | null;
}

/** Reads the events after the cursor, in the reader's order. */
type Read = (database: Database, cursor: string | null) => Promise<Page>;

const stores = useDatabase();
beforeEach(() => stores.database.sequelize.query('TRUNCATE events CASCADE'));

/** Reads the events whose column is greater than the cursor. */
function followColumn(column: 'id' | 'sequence_number'): Read {
  const zero = column === 'id' ? `uuid '00000000-0000-0000-0000-000000000000'` : `bigint '0'`;
  return async ({ sequelize }, cursor) => {
    const [rows] = (await sequelize.query(
      `SELECT application_id AS name, ${column}::text AS cursor FROM events
       WHERE ${column} > coalesce(:cursor, ${zero}) ORDER BY ${column}`,
      { replacements: { cursor } },
    )) as unknown as [{ name: string; cursor: string }[]];
    return { names: rows.map(({ name }) => name), cursor: rows.at(-1)?.cursor ?? cursor };
  };
}

const byPosition: Read = async (database, after) => {
  await assignPositions(database);
  const { data, next_cursor } = await readFeed(database, { after, types: undefined, limit: 200 });
  return { names: data.map((event) => event.data.id), cursor: next_cursor };
};

/** The first transaction to write is the last to commit; one reader follows throughout, another starts at the end. */
async function faultsWith(read: Read): Promise<string[]> {
  const { database } = stores;
  const early = await database.sequelize.transaction();
  await write(database, early, 'writes first, commits last');
  await database.sequelize.transaction((late) => write(database, late, 'writes last, commits first'));
  const before = await read(database, null);
  await early.commit();
  const after = await read(database, before.cursor);
  const fromTheStart = await read(database, null);
  const committed = ['writes first, commits last', 'writes last, commits first'];
  return faultsOf(committed, [[...before.names, ...after.names], fromTheStart.names]);
}

it.each(['id', 'sequence_number'] as const)(
  'a reader that follows %s skips and reorders events',
  async (column) => {
    expect(await faultsWith(followColumn(column))).toEqual([
      'reader 0: 1 skipped',
      'reader 1: 1 in another order',
    ]);
  },
);

it('a reader that follows position does not', async () => {
  expect(await faultsWith(byPosition)).toEqual([]);
});
