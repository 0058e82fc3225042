import { presentConversation } from '../../src/lib/present';
import { randomUUID } from 'node:crypto';
import { moveConversation } from '../../src/conversations/move';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { insertConversation } from '../support/rows';

const stores = useDatabase();

const planted = (status: ConversationStatus) => insertConversation(stores.database.sequelize, { status });

const statusOf = async (id: string) => (await stores.database.conversations.findByPk(id))?.status;

const updates = (applicationId: string) =>
  stores.database.events.findAll({ where: { applicationId }, order: ['createdAt', 'id'] });

const pairs = CONVERSATION_STATUSES.flatMap((from) => CONVERSATION_STATUSES.map((to) => ({ from, to })));
const step = ({ from, to }: (typeof pairs)[number]) =>
  CONVERSATION_STATUSES.indexOf(to) - CONVERSATION_STATUSES.indexOf(from);

it.each(pairs.filter((pair) => step(pair) === 1))(
  'moves from $from to $to and tells it',
  async ({ from, to }) => {
    const { id, application_id } = await planted(from);
    const moved = await moveConversation(stores.database, id, to);
    expect(moved).toMatchObject({ id, status: to });
    expect(await statusOf(id)).toBe(to);
    expect(await updates(application_id)).toEqual([
      expect.objectContaining({ type: 'conversation.updated', data: moved }),
    ]);
  },
);

it.each(pairs.filter((pair) => step(pair) === 0))(
  'is done where $from is to be $to: no change, no event',
  async ({ from, to }) => {
    const { id, application_id } = await planted(from);
    const before = await stores.database.conversations.findByPk(id, { raw: true });
    expect(await moveConversation(stores.database, id, to)).toMatchObject({ id, status: from });
    expect(await stores.database.conversations.findByPk(id, { raw: true })).toEqual(before);
    expect(await updates(application_id)).toEqual([]);
  },
);

it.each(pairs.filter((pair) => step(pair) < 0 || step(pair) > 1))(
  'refuses to move from $from to $to',
  async ({ from, to }) => {
    const { id, application_id } = await planted(from);
    await expect(moveConversation(stores.database, id, to)).rejects.toMatchObject({
      code: 'CONFLICT',
      status: 409,
    });
    expect(await statusOf(id)).toBe(from);
    expect(await updates(application_id)).toEqual([]);
  },
);

it('says which move would be right', async () => {
  const { id } = await planted('CREATED');
  await expect(moveConversation(stores.database, id, 'COMPLETED')).rejects.toMatchObject({
    detail: expect.stringContaining('ONGOING') as string,
  });
});

it('changes updated_at and nothing else but the status', async () => {
  const { id } = await planted('CREATED');
  const before = await stores.database.conversations.findByPk(id, { rejectOnEmpty: true });
  const moved = await moveConversation(stores.database, id, 'ONGOING');
  expect(moved).toEqual({ ...presentConversation(before), status: 'ONGOING', updated_at: moved.updated_at });
  expect(new Date(moved.updated_at) >= before.updatedAt).toBe(true);
});

it.each([randomUUID(), 'not-a-uuid', '', "'; DROP TABLE conversations; --", '\u0000'])(
  'knows no conversation %j',
  async (id) => {
    await expect(moveConversation(stores.database, id, 'ONGOING')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  },
);

it('finds a conversation by its id in capital letters too', async () => {
  const { id } = await planted('CREATED');
  expect(await moveConversation(stores.database, id.toUpperCase(), 'ONGOING')).toMatchObject({ id });
});

it('lets twenty move the same step at once: all are answered, one event', async () => {
  const { id, application_id } = await planted('CREATED');
  const all = Array.from({ length: 20 }, () => moveConversation(stores.database, id, 'ONGOING'));
  expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(20).fill('ONGOING'));
  expect(await updates(application_id)).toHaveLength(1);
});

it('lets many move both steps at once: each step happens once, in order', async () => {
  const { id, application_id } = await planted('CREATED');
  const targets = Array.from(
    { length: 20 },
    (_, n) => (n % 2 ? 'COMPLETED' : 'ONGOING') as ConversationStatus,
  );
  const results = await Promise.allSettled(targets.map((to) => moveConversation(stores.database, id, to)));
  for (const result of results)
    if (result.status === 'rejected') expect(result.reason).toMatchObject({ code: 'CONFLICT' });
  const told = (await updates(application_id)).map(({ data }) => (data as { status: string }).status);
  expect(['ONGOING', 'ONGOING COMPLETED']).toContain(told.join(' '));
  expect(await statusOf(id)).toBe(told.at(-1));
});
