import { listConversations } from '../../src/conversations/list';
import { clear, useDatabase } from '../support/database';
import { allPages, plantMany } from '../support/many-rows';

const stores = useDatabase();
beforeEach(() => clear(stores));

it.each(['asc', 'desc'] as const)(
  'shows each of 10,000 conversations exactly once while 1,000 more are created between its pages, %s',
  async (order) => {
    const { sequelize } = stores.database;
    const there = await plantMany(sequelize, 1, 10_000);
    let newest = 10_000;
    const createSome = async () => {
      if (newest < 11_000) await plantMany(sequelize, newest + 1, (newest += 25));
    };
    const { found } = await allPages(
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
  const there = await plantMany(sequelize, 1, 100);
  const move = async () => {
    await sequelize.query(
      `UPDATE conversations SET status = 'ONGOING', updated_at = now() WHERE status = 'CREATED'`,
    );
  };
  const { found } = await allPages(
    (query) => listConversations(stores.database, query),
    { order: 'asc', limit: 9 },
    move,
  );
  expect(found).toEqual(there);
});
