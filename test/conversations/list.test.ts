import {
  matchesFilter,
  type ConversationFilter,
  type ConversationQuery,
} from '../../src/conversations/filter';
import { getConversation, listConversations } from '../../src/conversations/list';
import { useDatabase } from '../support/database';
import { readAllPages, insertManyConversations } from '../support/bulk-rows';

const stores = useDatabase();
let ids: string[];
beforeAll(async () => {
  ids = await insertManyConversations(stores.database.sequelize, 1, 30);
});

const FIRST: ConversationQuery = { order: 'asc', limit: 50 };

const listed = async (query: Partial<ConversationQuery>) =>
  (await listConversations(stores.database, { ...FIRST, ...query })).data;

const pages = (query: ConversationQuery) =>
  readAllPages((page) => listConversations(stores.database, page), query);

const numbersOf = async (query: Partial<ConversationQuery>) =>
  (await listed(query)).map(({ id }) => ids.indexOf(id) + 1);

it('lists by creation, oldest first or newest first', async () => {
  expect((await listed({ order: 'asc' })).map(({ id }) => id)).toEqual(ids);
  expect((await listed({ order: 'desc' })).map(({ id }) => id)).toEqual([...ids].reverse());
});

it.each(['asc', 'desc'] as const)('returns every conversation once over all pages, %s', async (order) => {
  const { found, lengths } = await pages({ order, limit: 7 });
  expect(found).toEqual(order === 'asc' ? ids : [...ids].reverse());
  expect(lengths).toEqual([7, 7, 7, 7, 2]);
});

it('returns no cursor on a full last page', async () => {
  expect((await pages({ order: 'desc', limit: 10 })).lengths).toEqual([10, 10, 10]);
});

it('filters by one status or several', async () => {
  expect(await numbersOf({ status: ['COMPLETED'] })).toEqual([2, 5, 8, 11, 14, 17, 20, 23, 26, 29]);
  expect(await numbersOf({ status: ['CREATED', 'ONGOING', 'COMPLETED'] })).toHaveLength(30);
  expect(
    (await listed({ status: ['CREATED', 'ONGOING'] })).every(({ status }) => status !== 'COMPLETED'),
  ).toBe(true);
});

it('filters by candidate and by job', async () => {
  expect(await numbersOf({ candidate_id: 'candidate-7' })).toEqual([7]);
  expect(await numbersOf({ job_id: 'job' })).toHaveLength(30);
  expect(await numbersOf({ job_id: 'another' })).toEqual([]);
});

it('filters from a moment, inclusive, to another, exclusive', async () => {
  const at = (n: number) => new Date(Date.UTC(2024, 0, 1, 0, 0, n));
  expect(await numbersOf({ created_after: at(27) })).toEqual([27, 28, 29, 30]);
  expect(await numbersOf({ created_before: at(3) })).toEqual([1, 2]);
  expect(await numbersOf({ created_after: at(10), created_before: at(13) })).toEqual([10, 11, 12]);
});

it('combines filters with AND, on every page', async () => {
  const query: ConversationQuery = {
    ...FIRST,
    status: ['COMPLETED'],
    job_id: 'job',
    created_after: new Date(0),
    limit: 3,
  };
  expect((await pages(query)).found).toEqual(ids.filter((_, index) => (index + 1) % 3 === 2));
});

it('treats a filter value as text and never as SQL', async () => {
  expect(await numbersOf({ candidate_id: "' OR 1=1 --" })).toEqual([]);
  expect(await numbersOf({ candidate_id: ':candidate ? $1 %' })).toEqual([]);
});

it('finds a conversation by its id, in capital letters too', async () => {
  const [id = ''] = ids;
  expect(await getConversation(stores.database, id.toUpperCase())).toMatchObject({
    id,
    candidate_id: 'candidate-1',
  });
});

it.each(['not-a-uuid', '00000000-0000-7000-8000-000000000000', ''])(
  'knows no conversation %j',
  async (id) => {
    await expect(getConversation(stores.database, id)).rejects.toMatchObject({ code: 'NOT_FOUND' });
  },
);

const TIME = new Date('2024-01-01T00:00:10Z'); // Of the tenth conversation.

it.each<ConversationFilter>([
  {},
  { status: ['COMPLETED'] },
  { status: ['CREATED', 'ONGOING'], job_id: 'job' },
  { job_id: 'other' },
  { candidate_id: 'candidate-7' },
  { candidate_id: 'candidate-7', status: ['COMPLETED'] },
  { created_after: TIME },
  { created_before: TIME },
  { status: ['CREATED'], created_after: TIME, created_before: new Date('2024-01-01T00:00:20Z') },
])('matches with %j the conversations that the list has', async (filter) => {
  const all = await listed({});
  expect(all.filter((conversation) => matchesFilter(filter, conversation))).toEqual(await listed(filter));
});
