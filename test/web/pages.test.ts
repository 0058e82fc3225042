import { randomUUID } from 'node:crypto';
import { useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { like } from '../support/matchers';
import { faults, problemOf } from '../support/problem';
import { useQueue } from '../support/queue';
import { call, useWeb } from '../support/web';

const stores = useDatabase();
const queue = useQueue();
const web = useWeb(stores, queue);

interface Page {
  data: { id: string }[];
  next_cursor: string | null;
}

const COUNT = 7;
/** What is created in these jobs is what a test sees, so one test's rows do not get into another's pages. */
let job_id: string;

/** Conversations and, with them, applications; oldest first, by conversation id. */
async function fill(count = COUNT): Promise<string[]> {
  const ids: string[] = [];
  for (let n = 0; n < count; n++) ids.push(await createConversation(stores, 'CREATED', { job_id }));
  return ids;
}

beforeEach(() => {
  job_id = `job-${randomUUID()}`;
});

async function page(path: string): Promise<Page & { link: string | null }> {
  const response = await call(web, 'GET', path);
  expect(response.status).toBe(200);
  return { ...((await response.json()) as Page), link: response.headers.get('Link') };
}

const nextOf = (link: string | null) => /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1];

/** Follows the Link header to the end. */
async function follow(path: string): Promise<{ id: string }[][]> {
  const pages: { id: string }[][] = [];
  for (let next: string | undefined = path; next;) {
    const { data, link }: Page & { link: string | null } = await page(next);
    pages.push(data);
    if (pages.length > 20) throw new Error('the list has no end');
    next = nextOf(link);
  }
  return pages;
}

const idsOf = (pages: { id: string }[][]) => pages.flat().map(({ id }) => id);

describe.each(['/conversations', '/applications'])('%s', (path) => {
  it.each(['asc', 'desc'])(
    'gives every row once, in order, when Link is followed to the end: %s',
    async (order) => {
      await fill();
      const whole = await page(`${path}?job_id=${job_id}&order=${order}`);
      const pages = await follow(`${path}?job_id=${job_id}&order=${order}&limit=3`);
      expect(pages.map((rows) => rows.length)).toEqual([3, 3, 1]);
      expect(idsOf(pages)).toEqual(whole.data.map(({ id }) => id));
    },
  );

  it('gives the same by next_cursor', async () => {
    await fill();
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor ? `&cursor=${cursor}` : '';
      const { data, next_cursor }: Page = await page(`${path}?job_id=${job_id}&limit=2${more}`);
      ids.push(...data.map(({ id }) => id));
      if (ids.length > COUNT) throw new Error('the list has no end');
      cursor = next_cursor;
    }
    expect([ids.length, new Set(ids).size]).toEqual([COUNT, COUNT]);
  });

  it('ends without cursor and Link, also where the last page is full', async () => {
    await fill(4);
    const first = await page(`${path}?job_id=${job_id}&limit=2`);
    expect(first.next_cursor).not.toBeNull();
    const last = await page(nextOf(first.link) ?? '');
    expect([last.data.length, last.next_cursor, last.link]).toEqual([2, null, null]);
  });

  it('has no next page where nothing is found', async () => {
    expect(await page(`${path}?job_id=${job_id}`)).toEqual({ data: [], next_cursor: null, link: null });
  });

  it('does not shift or double a row where others are created meanwhile', async () => {
    await fill();
    const before = (await page(`${path}?job_id=${job_id}`)).data.map(({ id }) => id);
    const first = await page(`${path}?job_id=${job_id}&limit=3`);
    await fill(3);
    const rest = await follow(nextOf(first.link) ?? '');
    expect([...first.data.map(({ id }) => id), ...idsOf(rest)]).toEqual(before);
  });

  it('comes to what is created meanwhile where it goes forward in time', async () => {
    await fill();
    const first = await page(`${path}?job_id=${job_id}&order=asc&limit=3`);
    await fill(2);
    const rest = await follow(nextOf(first.link) ?? '');
    expect(first.data.length + idsOf(rest).length).toBe(COUNT + 2);
  });

  it('keeps the filters in Link', async () => {
    await fill(2);
    const { link } = await page(`${path}?job_id=${job_id}&order=asc&limit=1`);
    const next = new URL(nextOf(link) ?? '', web.url);
    expect(next.pathname).toBe(path);
    expect(Object.fromEntries(next.searchParams)).toEqual({
      job_id,
      order: 'asc',
      limit: '1',
      cursor: like(/./),
    });
  });

  it('may change the limit on the way', async () => {
    await fill();
    const { next_cursor, data } = await page(`${path}?job_id=${job_id}&limit=2`);
    const rest = await page(`${path}?job_id=${job_id}&limit=200&cursor=${next_cursor ?? ''}`);
    expect(data.length + rest.data.length).toBe(COUNT);
  });

  describe('a cursor that is not of this list is 422', () => {
    const expectForged = async (query: string) => {
      const response = await call(web, 'GET', `${path}?${query}`);
      expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/cursor INVALID_CURSOR']);
    };

    async function cursorOf(query = `job_id=${job_id}`): Promise<string> {
      await fill(2);
      return (await page(`${path}?${query}&limit=1`)).next_cursor ?? '';
    }

    it.each(['', 'x', 'null', 'W10', 'e30', '%00', 'WyJhIl0', encodeURIComponent('["a","b"]')])(
      '%j',
      async (cursor) => {
        await expectForged(`job_id=${job_id}&cursor=${cursor}`);
      },
    );

    it('made up by hand', async () => {
      const own = Buffer.from(
        JSON.stringify(['AAAAAAAAAAAA', '0198c0de-0000-7000-8000-000000000000']),
      ).toString('base64url');
      await expectForged(`job_id=${job_id}&cursor=${own}`);
    });

    it('cut or prolonged', async () => {
      const cursor = await cursorOf();
      await expectForged(`job_id=${job_id}&cursor=${cursor.slice(0, -1)}`);
      await expectForged(`job_id=${job_id}&cursor=${cursor}A`);
    });

    it('with one letter changed', async () => {
      const cursor = await cursorOf();
      const middle = Math.floor(cursor.length / 2);
      const other = cursor[middle] === 'A' ? 'B' : 'A';
      await expectForged(
        `job_id=${job_id}&cursor=${cursor.slice(0, middle)}${other}${cursor.slice(middle + 1)}`,
      );
    });

    it('of other filters', async () => {
      const cursor = await cursorOf();
      await expectForged(`job_id=another&cursor=${cursor}`);
      await expectForged(`cursor=${cursor}`);
    });

    it('of the other order', async () => {
      await expectForged(`job_id=${job_id}&order=asc&cursor=${await cursorOf()}`);
    });

    it('of the other list', async () => {
      const other = path === '/conversations' ? '/applications' : '/conversations';
      await fill(2);
      const { next_cursor } = await page(`${other}?job_id=${job_id}&limit=1`);
      await expectForged(`job_id=${job_id}&cursor=${next_cursor ?? ''}`);
    });
  });
});
