import type { Transaction } from 'sequelize';
import { assignPositions } from '../../src/events/position';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { write } from './support/writers';

const stores = useDatabase();

async function query<T>(sql: string, transaction: Transaction | null = null): Promise<T[]> {
  const [rows] = await stores.database.sequelize.query(sql, { transaction });
  return rows as T[];
}

async function commitEvent(name: string): Promise<void> {
  const { database } = stores;
  await database.sequelize.transaction((transaction) => write(database, transaction, name));
}

/** Connections to this database that wait for a lock. */
const WAITERS = `SELECT FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;

const positions = () =>
  query<{ name: string; position: string | null }>(
    'SELECT application_id AS name, position FROM events ORDER BY sequence_number',
  );

it('positions become visible in their order, because one caller waits for the other', async () => {
  const { sequelize } = stores.database;
  await commitEvent('first');
  const slow = await sequelize.transaction();
  const [given] = await query<{ newest: string }>('SELECT assign_event_positions() AS newest', slow);
  await commitEvent('second');
  const other = assignPositions(stores.database);
  await eventually(async () => (await query(WAITERS)).length > 0);
  expect(await positions()).toEqual([
    { name: 'first', position: null },
    { name: 'second', position: null },
  ]);
  await slow.commit();
  const newest = await other;
  expect(await positions()).toEqual([
    { name: 'first', position: given?.newest },
    { name: 'second', position: newest },
  ]);
  expect(BigInt(newest)).toBeGreaterThan(BigInt(given?.newest ?? newest));
});

it('an event that is rolled back leaves no gap that delays later events', async () => {
  const { sequelize } = stores.database;
  const before = (await positions()).length;
  const open = await sequelize.transaction();
  await write(stores.database, open, 'rolled back');
  await commitEvent('third');
  const newest = await assignPositions(stores.database);
  await open.rollback();
  expect((await positions()).slice(before)).toEqual([{ name: 'third', position: newest }]);
  expect(await assignPositions(stores.database)).toBe(newest);
});
