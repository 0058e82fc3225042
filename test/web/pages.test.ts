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
/** Each test lists the rows of its own job, so it does not see the rows of other tests. */
let job_id: string;

/** Creates conversations and their applications; returns the conversation ids, oldest first. */
async function createRows(count = COUNT): Promise<string[]> {
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

const nextPage = (link: string | null) => /^<([^>]+)>; rel="next"$/.exec(link ?? '')?.[1];

/** Follows the Link headers to the last page. */
async function follow(path: string): Promise<{ id: string }[][]> {
  const pages: { id: string }[][] = [];
  for (let next: string | undefined = path; next;) {
    const { data, link }: Page & { link: string | null } = await page(next);
    pages.push(data);
    if (pages.length > 20) throw new Error('the list does not end');
    next = nextPage(link);
  }
  return pages;
}

const allIds = (pages: { id: string }[][]) => pages.flat().map(({ id }) => id);

describe.each(['/conversations', '/applications'])('%s', (path) => {
  it.each(['asc', 'desc'])('returns every row once and in order through Link headers: %s', async (order) => {
    await createRows();
    const whole = await page(`${path}?job_id=${job_id}&order=${order}`);
    const pages = await follow(`${path}?job_id=${job_id}&order=${order}&limit=3`);
    expect(pages.map((rows) => rows.length)).toEqual([3, 3, 1]);
    expect(allIds(pages)).toEqual(whole.data.map(({ id }) => id));
  });

  it('returns every row once through next_cursor', async () => {
    await createRows();
    const ids: string[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const more: string = cursor ? `&cursor=${cursor}` : '';
      const { data, next_cursor }: Page = await page(`${path}?job_id=${job_id}&limit=2${more}`);
      ids.push(...data.map(({ id }) => id));
      if (ids.length > COUNT) throw new Error('the list does not end');
      cursor = next_cursor;
    }
    expect([ids.length, new Set(ids).size]).toEqual([COUNT, COUNT]);
  });

  it('has no cursor and no Link on the last page, even if that is full', async () => {
    await createRows(4);
    const first = await page(`${path}?job_id=${job_id}&limit=2`);
    expect(first.next_cursor).not.toBeNull();
    const last = await page(nextPage(first.link) ?? '');
    expect([last.data.length, last.next_cursor, last.link]).toEqual([2, null, null]);
  });

  it('has no next page if nothing is found', async () => {
    expect(await page(`${path}?job_id=${job_id}`)).toEqual({ data: [], next_cursor: null, link: null });
  });

  it('neither skips nor repeats a row while others are created', async () => {
    await createRows();
    const before = (await page(`${path}?job_id=${job_id}`)).data.map(({ id }) => id);
    const first = await page(`${path}?job_id=${job_id}&limit=3`);
    await createRows(3);
    const rest = await follow(nextPage(first.link) ?? '');
    expect([...first.data.map(({ id }) => id), ...allIds(rest)]).toEqual(before);
  });

  it('comes to what is created meanwhile where it goes forward in time', async () => {
    await createRows();
    const first = await page(`${path}?job_id=${job_id}&order=asc&limit=3`);
    await createRows(2);
    const rest = await follow(nextPage(first.link) ?? '');
    expect(first.data.length + allIds(rest).length).toBe(COUNT + 2);
  });

  it('keeps the filters in Link', async () => {
    await createRows(2);
    const { link } = await page(`${path}?job_id=${job_id}&order=asc&limit=1`);
    const next = new URL(nextPage(link) ?? '', web.url);
    expect(next.pathname).toBe(path);
    expect(Object.fromEntries(next.searchParams)).toEqual({
      job_id,
      order: 'asc',
      limit: '1',
      cursor: like(/./),
    });
  });

  it('may change the limit on the way', async () => {
    await createRows();
    const { next_cursor, data } = await page(`${path}?job_id=${job_id}&limit=2`);
    const rest = await page(`${path}?job_id=${job_id}&limit=200&cursor=${next_cursor ?? ''}`);
    expect(data.length + rest.data.length).toBe(COUNT);
  });

  describe('a cursor that this list did not return is 422', () => {
    const expectForged = async (query: string) => {
      const response = await call(web, 'GET', `${path}?${query}`);
      expect(faults(await problemOf(response, 422, 'INVALID'))).toEqual(['/cursor INVALID_CURSOR']);
    };

    async function firstCursor(query = `job_id=${job_id}`): Promise<string> {
      await createRows(2);
      return (await page(`${path}?${query}&limit=1`)).next_cursor ?? '';
    }

    it.each(['', 'x', 'null', 'W10', 'e30', '%00', 'WyJhIl0', encodeURIComponent('["a","b"]')])(
      '%j',
      async (cursor) => {
        await expectForged(`job_id=${job_id}&cursor=${cursor}`);
      },
    );

    it('a forged one', async () => {
      const own = Buffer.from(
        JSON.stringify(['AAAAAAAAAAAA', '0198c0de-0000-7000-8000-000000000000']),
      ).toString('base64url');
      await expectForged(`job_id=${job_id}&cursor=${own}`);
    });

    it('one that was cut or extended', async () => {
      const cursor = await firstCursor();
      await expectForged(`job_id=${job_id}&cursor=${cursor.slice(0, -1)}`);
      await expectForged(`job_id=${job_id}&cursor=${cursor}A`);
    });

    it('one with a changed letter', async () => {
      const cursor = await firstCursor();
      const middle = Math.floor(cursor.length / 2);
      const other = cursor[middle] === 'A' ? 'B' : 'A';
      await expectForged(
        `job_id=${job_id}&cursor=${cursor.slice(0, middle)}${other}${cursor.slice(middle + 1)}`,
      );
    });

    it('one for other filters', async () => {
      const cursor = await firstCursor();
      await expectForged(`job_id=another&cursor=${cursor}`);
      await expectForged(`cursor=${cursor}`);
    });

    it('one for the other order', async () => {
      await expectForged(`job_id=${job_id}&order=asc&cursor=${await firstCursor()}`);
    });

    it('one for the other list', async () => {
      const other = path === '/conversations' ? '/applications' : '/conversations';
      await createRows(2);
      const { next_cursor } = await page(`${other}?job_id=${job_id}&limit=1`);
      await expectForged(`job_id=${job_id}&cursor=${next_cursor ?? ''}`);
    });
  });
});
