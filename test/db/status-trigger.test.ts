import { CONVERSATION_STATUSES } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { violatedConstraint, insertConversation } from '../support/rows';

const stores = useDatabase();

const FORWARD = ['CREATED ONGOING', 'ONGOING COMPLETED'];
const SAME = CONVERSATION_STATUSES.map((status) => `${status} ${status}`);

const pairs = CONVERSATION_STATUSES.flatMap((from) => CONVERSATION_STATUSES.map((to) => [from, to] as const));
const allowed = pairs.filter((pair) => [...FORWARD, ...SAME].includes(pair.join(' ')));
const forbidden = pairs.filter((pair) => !allowed.includes(pair));

async function update(from: string, to: string): Promise<string> {
  const { sequelize } = stores.database;
  const { id } = await insertConversation(sequelize, { status: from });
  await sequelize.query('UPDATE conversations SET status = ? WHERE id = ?', { replacements: [to, id] });
  return (await stores.database.conversations.findByPk(id, { rejectOnEmpty: true })).status;
}

it('covers all nine pairs of statuses: five allowed, four forbidden', () => {
  expect([allowed.length, forbidden.length]).toEqual([5, 4]);
});

it.each(allowed)('accepts SQL that moves a conversation from %s to %s', async (from, to) => {
  expect(await update(from, to)).toBe(to);
});

it.each(forbidden)('refuses SQL that moves a conversation from %s to %s', async (from, to) => {
  expect(await violatedConstraint(update(from, to))).toBe('conversations_status_moves_forward');
});

it('refuses a whole statement when one of its rows may not move', async () => {
  const { sequelize } = stores.database;
  const created = await insertConversation(sequelize);
  await insertConversation(sequelize, { status: 'COMPLETED' });
  const work = sequelize.query(`UPDATE conversations SET status = 'ONGOING'`);
  expect(await violatedConstraint(work)).toBe('conversations_status_moves_forward');
  expect((await stores.database.conversations.findByPk(created.id))?.status).toBe('CREATED');
});
