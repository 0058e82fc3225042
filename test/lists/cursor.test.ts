import fc from 'fast-check';
import { decodeCursor, encodeCursor } from '../../src/lists/cursor';
import { listApplications } from '../../src/applications/list';
import { listConversations } from '../../src/conversations/list';
import { useDatabase } from '../support/database';
import { insertConversation } from '../support/rows';

const stores = useDatabase();
beforeAll(async () => {
  for (let n = 0; n < 5; n++) await insertConversation(stores.database.sequelize, { job_id: 'same' });
});

const INVALID = { code: 'INVALID', status: 422, problems: [{ pointer: '/cursor', code: 'INVALID_CURSOR' }] };
const positions = fc.array(fc.string({ unit: 'grapheme' }), { minLength: 1, maxLength: 3 });
const filters = { list: 'test', order: 'asc', status: ['CREATED'] };

const expectRefused = (cursor: string) => {
  expect(() => decodeCursor(cursor, filters, () => true)).toThrow(
    expect.objectContaining({ code: 'INVALID' }) as Error,
  );
};

it('decodes to the position that was encoded, and needs no escaping in a URL', () => {
  fc.assert(
    fc.property(positions, (position) => {
      const cursor = encodeCursor(position, filters);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(decodeCursor(cursor, filters, () => true)).toEqual(position);
    }),
  );
});

it('is refused if it is cut anywhere', () => {
  const cursor = encodeCursor(['2024-01-01T00:00:00.000Z', 'application-7'], filters);
  for (let length = 0; length < cursor.length; length++) expectRefused(cursor.slice(0, length));
});

it('is refused if any one character is changed', () => {
  const cursor = encodeCursor(['2024-01-01T00:00:00.000Z', 'application-7'], filters);
  for (let at = 0; at < cursor.length; at++)
    for (const other of 'Az0_') {
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      if (changed !== cursor) expectRefused(changed);
    }
});

it('is refused if anything is appended', () => {
  for (const more of ['=', 'A', ' ', '\n', '.']) expectRefused(encodeCursor(['x'], filters) + more);
});

it('is refused if it is arbitrary text or JSON', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
      ),
      expectRefused,
    ),
  );
});

it.each([
  { order: 'desc' },
  { status: ['ONGOING'] },
  { status: ['CREATED', 'ONGOING'] },
  { status: undefined },
  { list: 'other' },
])('is refused in a list with %j', (change) => {
  const cursor = encodeCursor(['x'], filters);
  expect(() => decodeCursor(cursor, { ...filters, ...change }, () => true)).toThrow(
    'unchanged next_cursor of this list',
  );
});

describe('a cursor of one list', () => {
  const first = { order: 'asc', limit: 2, job_id: 'same' } as const;
  const next = async () => (await listConversations(stores.database, first)).next_cursor ?? '';

  it('continues the same list with any limit', async () => {
    const page = await listConversations(stores.database, { ...first, limit: 10, cursor: await next() });
    expect(page.data).toHaveLength(3);
    expect(page.next_cursor).toBeNull();
  });

  it.each([
    { order: 'desc' as const },
    { job_id: undefined },
    { job_id: 'other' },
    { candidate_id: 'c' },
    { status: ['CREATED' as const] },
  ])('is refused in the same list with %j', async (change) => {
    const work = listConversations(stores.database, { ...first, ...change, cursor: await next() });
    await expect(work).rejects.toMatchObject(INVALID);
  });

  it('is refused in the list of applications', async () => {
    const work = listApplications(stores.database, { ...first, cursor: await next() });
    await expect(work).rejects.toMatchObject(INVALID);
  });
});

/** The checksum is not secret, so anyone who reads the code can compute it. */
describe('a forged cursor with a correct checksum', () => {
  const [order, limit] = ['asc' as const, 2];
  it.each([[[]], [['not-a-uuid']], [['', '']]])('is refused for conversations: %j', async (position) => {
    const cursor = encodeCursor(position, { list: 'conversations', order });
    await expect(listConversations(stores.database, { order, limit, cursor })).rejects.toMatchObject(INVALID);
  });

  it.each([[[]], [['yesterday', 'a']], [['2024-01-01T00:00:00.000Z']]])(
    'is refused for applications: %j',
    async (position) => {
      const cursor = encodeCursor(position, { list: 'applications', order });
      await expect(listApplications(stores.database, { order, limit, cursor })).rejects.toMatchObject(
        INVALID,
      );
    },
  );
});
