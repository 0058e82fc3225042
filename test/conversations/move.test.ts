import { presentConversation } from '../../src/lib/present';
import { randomUUID } from 'node:crypto';
import { moveConversation } from '../../src/conversations/move';
import { CONVERSATION_STATUSES, type ConversationStatus } from '../../src/lib/domain';
import { useDatabase } from '../support/database';
import { eventually } from '../support/eventually';
import { insertConversation } from '../support/rows';

const stores = useDatabase();

const planted = (status: ConversationStatus) => insertConversation(stores.database.sequelize, { status });

const readStatus = async (id: string) => (await stores.database.conversations.findByPk(id))?.status;

const updates = (applicationId: string) =>
  stores.database.events.findAll({ where: { applicationId }, order: ['createdAt', 'id'] });

const pairs = CONVERSATION_STATUSES.flatMap((from) => CONVERSATION_STATUSES.map((to) => ({ from, to })));
const step = ({ from, to }: (typeof pairs)[number]) =>
  CONVERSATION_STATUSES.indexOf(to) - CONVERSATION_STATUSES.indexOf(from);

it.each(pairs.filter((pair) => step(pair) === 1))(
  'moves from $from to $to and appends an event',
  async ({ from, to }) => {
    const { id, application_id } = await planted(from);
    const moved = await moveConversation(stores.database, id, to);
    expect(moved).toMatchObject({ id, status: to });
    expect(await readStatus(id)).toBe(to);
    expect(await updates(application_id)).toEqual([
      expect.objectContaining({ type: 'conversation.updated', data: moved }),
    ]);
  },
);

it.each(pairs.filter((pair) => step(pair) === 0))(
  'changes nothing and appends no event when $from is already $to',
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
    expect(await readStatus(id)).toBe(from);
    expect(await updates(application_id)).toEqual([]);
  },
);

it('names the move that is allowed', async () => {
  const { id } = await planted('CREATED');
  await expect(moveConversation(stores.database, id, 'COMPLETED')).rejects.toMatchObject({
    detail: expect.stringContaining('ONGOING') as string,
  });
});

it('changes only status and updated_at', async () => {
  const { id } = await planted('CREATED');
  const before = await stores.database.conversations.findByPk(id, { rejectOnEmpty: true });
  const moved = await moveConversation(stores.database, id, 'ONGOING');
  expect(moved).toEqual({ ...presentConversation(before), status: 'ONGOING', updated_at: moved.updated_at });
  expect(new Date(moved.updated_at) >= before.updatedAt).toBe(true);
});

it.each([randomUUID(), 'not-a-uuid', '', "'; DROP TABLE conversations; --", '\u0000'])(
  'throws NOT_FOUND for the id %j',
  async (id) => {
    await expect(moveConversation(stores.database, id, 'ONGOING')).rejects.toMatchObject({
      code: 'NOT_FOUND',
    });
  },
);

it('accepts the id in capital letters', async () => {
  const { id } = await planted('CREATED');
  expect(await moveConversation(stores.database, id.toUpperCase(), 'ONGOING')).toMatchObject({ id });
});

it('appends one event for twenty equal moves at the same time', async () => {
  const { id, application_id } = await planted('CREATED');
  const all = Array.from({ length: 20 }, () => moveConversation(stores.database, id, 'ONGOING'));
  expect((await Promise.all(all)).map(({ status }) => status)).toEqual(Array(20).fill('ONGOING'));
  expect(await updates(application_id)).toHaveLength(1);
});

/** Moves as a client does that tries again after 409. */
const moveEventually = (id: string, to: ConversationStatus) =>
  eventually(() => moveConversation(stores.database, id, to));

it('makes each step once and in order for many moves at the same time', async () => {
  const { id, application_id } = await planted('CREATED');
  const completed = Array.from({ length: 10 }, () => moveEventually(id, 'COMPLETED'));
  const ongoing = Array.from({ length: 10 }, () => moveConversation(stores.database, id, 'ONGOING'));
  const refused = (await Promise.allSettled(ongoing)).filter(({ status }) => status === 'rejected');
  for (const result of refused) expect(result).toMatchObject({ reason: { code: 'CONFLICT' } });
  expect(new Set((await Promise.all(completed)).map(({ status }) => status))).toEqual(new Set(['COMPLETED']));
  const statuses = (await updates(application_id)).map(({ data }) => (data as { status: string }).status);
  expect(statuses).toEqual(['ONGOING', 'COMPLETED']);
  expect(await readStatus(id)).toBe('COMPLETED');
});
