import { listConversations } from '../../src/conversations/list';
import { clearTables, useDatabase } from '../support/database';
import { readAllPages, insertManyConversations } from '../support/bulk-rows';

const stores = useDatabase();
beforeEach(() => clearTables(stores));

it.each(['asc', 'desc'] as const)(
  'shows each of 10,000 conversations exactly once while 1,000 more are created between its pages, %s',
  async (order) => {
    const { sequelize } = stores.database;
    const there = await insertManyConversations(sequelize, 1, 10_000);
    let newest = 10_000;
    const createSome = async () => {
      if (newest < 11_000) await insertManyConversations(sequelize, newest + 1, (newest += 25));
    };
    const { found } = await readAllPages(
      (query) => listConversations(stores.database, query),
      { order, limit: 200 },
      createSome,
    );
    expect(await stores.database.conversations.count()).toBe(11_000);
    const old = found.filter((id) => id <= (there.at(-1) ?? ''));
    expect(old).toEqual(order === 'asc' ? there : [...there].reverse());
    expect(new Set(found).size).toBe(found.length);
  },
);

it('shows a conversation once when its status changes between two pages', async () => {
  const { sequelize } = stores.database;
  const there = await insertManyConversations(sequelize, 1, 100);
  const move = async () => {
    await sequelize.query(
      `UPDATE conversations SET status = 'ONGOING', updated_at = now() WHERE status = 'CREATED'`,
    );
  };
  const { found } = await readAllPages(
    (query) => listConversations(stores.database, query),
    { order: 'asc', limit: 9 },
    move,
  );
  expect(found).toEqual(there);
});
