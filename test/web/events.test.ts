import { randomUUID } from 'node:crypto';
import { moveConversation } from '../../src/conversations/move';
import { getConversation } from '../../src/conversations/list';
import { pruneEvents } from '../../src/events/retention';
import { assignPositions } from '../../src/events/position';
import { useDatabase } from '../support/database';
import { createConversation, createRejected } from '../support/applications';
import { eventually } from '../support/eventually';
import { getEvents, readPage, insertEvents } from '../support/feed';
import { ISO_TIME, like } from '../support/matchers';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { useWatchedWeb } from '../support/watched-web';
import { readApplication, tokenFor } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWatchedWeb(stores, queue);

const get = (query = '') => getEvents(web, query);
const page = async (query = '') => readPage(await get(query));

/** Reads from the beginning until there are this many events: a process notices new ones with a delay. */
const pageWith = (count: number, query = '') =>
  eventually(async () => {
    const found = await page(query);
    return found.data.length === count && found;
  });

describe('pull', () => {
  it('returns no events and no cursor for an empty feed', async () => {
    expect(await page()).toStrictEqual({ data: [], next_cursor: null });
  });

  it('returns each event with the state at its time, oldest first', async () => {
    const id = await createConversation(stores);
    const created = await getConversation(stores.database, id);
    const moved = await moveConversation(stores.database, id, 'ONGOING');
    const refused = await createRejected(stores);
    const { data, next_cursor } = await pageWith(4);
    const event = (type: string, about: unknown) => {
      return { id: like(/^[0-9a-f-]{36}$/), type, created_at: ISO_TIME, data: about };
    };
    expect(data).toStrictEqual([
      event('conversation.created', created),
      event('conversation.updated', moved),
      event('conversation.created', await getConversation(stores.database, refused.active)),
      event('application.rejected', await readApplication(web, refused.id)),
    ]);
    expect(next_cursor).toBe(data.at(-1)?.id);
  });

  it('has no event for a refused move or one to the present status', async () => {
    const id = await createConversation(stores);
    await moveConversation(stores.database, id, 'CREATED');
    await expect(moveConversation(stores.database, id, 'COMPLETED')).rejects.toMatchObject({
      code: 'CONFLICT',
    });
    await assignPositions(stores.database);
    expect((await pageWith(1)).data).toHaveLength(1);
  });

  it('continues after the cursor, and returns the same cursor if nothing is new', async () => {
    const ids = await insertEvents(stores.database, 5);
    await pageWith(5);
    const first = await page('?limit=2');
    expect(first.data.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    const second = await page(`?limit=3&after=${first.next_cursor}`);
    expect(second.data.map(({ id }) => id)).toEqual(ids.slice(2));
    expect(await page(`?after=${second.next_cursor}`)).toEqual({ data: [], next_cursor: second.next_cursor });
    expect((await page(`?after=${second.next_cursor?.toUpperCase()}`)).next_cursor).toBe(second.next_cursor);
  });

  it.each([
    ['', 50],
    ['?limit=1', 1],
    ['?limit=200', 200],
  ])('returns as many events as the limit allows: %j', async (query, count) => {
    await insertEvents(stores.database, 201);
    expect((await pageWith(count, query)).data).toHaveLength(count);
  });
});

describe('the filter by type', () => {
  it('leaves out other types and moves the cursor past them', async () => {
    const created = await insertEvents(stores.database, 2);
    const updated = await insertEvents(stores.database, 1, { type: 'conversation.updated' });
    const rejections = await insertEvents(stores.database, 1, { type: 'application.rejected' });
    await pageWith(4);
    const idsOf = async (query: string) => (await page(query)).data.map(({ id }) => id);
    expect(await idsOf('?type=conversation.created')).toEqual(created);
    expect(await idsOf('?type=conversation.updated,application.rejected')).toEqual([
      ...updated,
      ...rejections,
    ]);
    expect(await idsOf('?type=conversation.updated&type=conversation.created')).toEqual([
      ...created,
      ...updated,
    ]);
    expect((await page('?type=conversation.created')).next_cursor).toBe(rejections[0]);
    expect((await page(`?type=conversation.created&after=${created[1]}`)).next_cursor).toBe(rejections[0]);
    expect((await page('?type=conversation.created&limit=2')).next_cursor).toBe(created[1]);
  });

  it('skips no matching event between other types', async () => {
    const wanted: string[] = [];
    for (let n = 0; n < 5; n++) {
      await insertEvents(stores.database, 3);
      wanted.push(...(await insertEvents(stores.database, 1, { type: 'application.rejected' })));
    }
    await pageWith(20);
    const found: string[] = [];
    let after = '';
    for (let pages = 0; pages < 4; pages++) {
      const next = await page(`?type=application.rejected&limit=2${after}`);
      found.push(...next.data.map(({ id }) => id));
      after = `&after=${next.next_cursor}`;
    }
    expect(found).toEqual(wanted);
  });
});

describe('an invalid request', () => {
  it.each([
    ['?limit=0', '/limit OUT_OF_RANGE'],
    ['?limit=201', '/limit OUT_OF_RANGE'],
    ['?limit=1.5', '/limit OUT_OF_RANGE'],
    ['?limit=', '/limit OUT_OF_RANGE'],
    ['?wait=61', '/wait OUT_OF_RANGE'],
    ['?wait=-1', '/wait OUT_OF_RANGE'],
    ['?wait=soon', '/wait OUT_OF_RANGE'],
    ['?type=conversation.deleted', '/type UNKNOWN_VALUE'],
    ['?type=conversation.created,', '/type UNKNOWN_VALUE'],
    ['?after=1', '/after INVALID_CURSOR'],
    ['?after=', '/after INVALID_CURSOR'],
    ['?after=%ff', '/after INVALID_ENCODING'],
    [`?after=${randomUUID()}&after=${randomUUID()}`, '/after REPEATED'],
    ['?cursor=x', '/cursor UNKNOWN_FIELD'],
  ])('%s is 422 %s', async (query, fault) => {
    const problem = await problemOf(await get(query), 422, 'INVALID');
    expect(faults(problem)).toEqual([fault]);
  });

  it('reports every problem at once', async () => {
    const problem = await problemOf(await get('?limit=0&wait=x&type=y'), 422, 'INVALID');
    expect(problem.errors?.map(({ pointer }) => pointer).sort()).toEqual(['/limit', '/type', '/wait']);
  });

  it('is 410 after a removed or unknown event', async () => {
    const [old = '', newest] = await insertEvents(stores.database, 2);
    await stores.database.sequelize.query(`UPDATE events SET created_at = created_at - interval '40 days'`);
    expect(await pruneEvents(stores.database, 30, false)).toMatchObject({ removed: 1 });
    const problem = await problemOf(await get(`?after=${old}`), 410, 'GONE');
    expect(problem.detail).toMatch(/read again from the beginning/);
    await problemOf(await get(`?after=${randomUUID()}`), 410, 'GONE');
    expect(await page(`?after=${newest}`)).toEqual({ data: [], next_cursor: newest });
  });

  it('is 410 after a removed event, also if another reader got the same page before', async () => {
    const [old = ''] = await insertEvents(stores.database, 2);
    await stores.database.sequelize.query(`UPDATE events SET created_at = created_at - interval '40 days'`);
    expect((await page(`?after=${old}`)).data).toHaveLength(1);
    await pruneEvents(stores.database, 30, false);
    await problemOf(await get(`?after=${old}`), 410, 'GONE');
  });

  it('is 401 without a token, 403 without the scope, 405 for another method', async () => {
    await problemOf(await fetch(`${web.url}/events`), 401, 'NOT_AUTHENTIC');
    const small = await tokenFor(stores, 'applications:write', 'conversations:write');
    await problemOf(await getEvents({ ...web, token: small }), 403, 'FORBIDDEN');
    const post = await fetch(`${web.url}/events`, { method: 'POST' });
    await problemOf(post, 405, 'METHOD_NOT_ALLOWED');
  });
});
