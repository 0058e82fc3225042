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

const refused = (cursor: string) => {
  expect(() => decodeCursor(cursor, filters, () => true)).toThrow(
    expect.objectContaining({ code: 'INVALID' }) as Error,
  );
};

it('gives back the place that it was made of, in characters that need no escape in a URL', () => {
  fc.assert(
    fc.property(positions, (position) => {
      const cursor = encodeCursor(position, filters);
      expect(cursor).toMatch(/^[\w-]+$/);
      expect(decodeCursor(cursor, filters, () => true)).toEqual(position);
    }),
  );
});

it('is refused when it is cut anywhere', () => {
  const cursor = encodeCursor(['2024-01-01T00:00:00.000Z', 'application-7'], filters);
  for (let length = 0; length < cursor.length; length++) refused(cursor.slice(0, length));
});

it('is refused when any one character is another', () => {
  const cursor = encodeCursor(['2024-01-01T00:00:00.000Z', 'application-7'], filters);
  for (let at = 0; at < cursor.length; at++)
    for (const other of 'Az0_') {
      const changed = cursor.slice(0, at) + other + cursor.slice(at + 1);
      if (changed !== cursor) refused(changed);
    }
});

it('is refused when something follows it', () => {
  for (const more of ['=', 'A', ' ', '\n', '.']) refused(encodeCursor(['x'], filters) + more);
});

it('is refused whatever a caller makes up', () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.base64String(),
        fc.json().map((text) => Buffer.from(text).toString('base64url')),
      ),
      refused,
    ),
  );
});

it.each([
  { order: 'desc' },
  { status: ['ONGOING'] },
  { status: ['CREATED', 'ONGOING'] },
  { status: undefined },
  { list: 'other' },
])('is refused in a list with %j instead', (change) => {
  const cursor = encodeCursor(['x'], filters);
  expect(() => decodeCursor(cursor, { ...filters, ...change }, () => true)).toThrow(
    'next_cursor of this same list',
  );
});

describe('a cursor of one list', () => {
  const first = { order: 'asc', limit: 2, job_id: 'same' } as const;
  const next = async () => (await listConversations(stores.database, first)).next_cursor ?? '';

  it('leads on in the same list, whatever the limit', async () => {
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

/** Whoever reads this project can make the checksum; such a cursor is forged all the same. */
describe('a forged cursor whose checksum is right', () => {
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
