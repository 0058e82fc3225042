import { randomUUID } from 'node:crypto';
import type { FeedEvent } from '../../src/lib/domain';
import { readFeed } from '../../src/events/feed';
import { cells, convOn, dataOf, jsonOf } from '../support/cli';
import { useDatabase } from '../support/database';
import { conversation, rejected } from '../support/decided';
import { placeAll, plantEvents } from '../support/feed';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = convOn(stores, queue);
const events = (...args: string[]) => conv(['events', ...args]);

/** Oldest first. */
let all: FeedEvent[];

async function ids(...args: string[]): Promise<string[]> {
  const lines = dataOf(await events('-o', 'ids', ...args)).split('\n');
  return lines.filter((line) => line !== '');
}

const where = (test: (event: FeedEvent) => boolean) => all.filter(test).map(({ id }) => id);

beforeAll(async () => {
  await conversation(stores, 'ONGOING');
  await rejected(stores);
  await placeAll(stores.database);
  all = (await readFeed(stores.database, { after: null, types: undefined, limit: 100 })).data;
  expect(all).toHaveLength(4);
});

describe('formats', () => {
  it('separates fields by tabs where it is piped, oldest first', async () => {
    const rows = all.map(({ created_at, type, id, data }) => [created_at, type, id, data.id]);
    expect(cells(dataOf(await events()))).toEqual(rows);
    expect(cells(dataOf(await events('-o', 'table')))).toEqual(rows);
  });

  it("prints json and ndjson as the API's objects", async () => {
    expect(jsonOf(await events('-o', 'json'))).toStrictEqual(all);
    const lines = dataOf(await events('-o', 'ndjson'))
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toStrictEqual(all);
  });

  it('prints csv with a heading, and ids one a line', async () => {
    const [heading, ...lines] = dataOf(await events('-o', 'csv'))
      .trimEnd()
      .split('\n');
    expect(heading).toBe('id,type,created_at,data');
    expect(lines.map((line) => line.split(',').slice(0, 3))).toEqual(
      all.map(({ id, type, created_at }) => [id, type, created_at]),
    );
    expect(await ids()).toEqual(where(() => true));
  });
});

describe('flags', () => {
  it('--type gives those alone, one or several', async () => {
    const isRejection = ({ type }: FeedEvent) => type === 'application.rejected';
    expect(await ids('--type', 'application.rejected')).toEqual(where(isRejection));
    expect(await ids('--type', 'conversation.created,Conversation.Updated')).toEqual(
      where((event) => !isRejection(event)),
    );
  });

  it('--after gives what came after it; --limit the oldest so many', async () => {
    const [first = '', second = ''] = where(() => true);
    expect(await ids('--after', first)).toEqual(where(() => true).slice(1));
    expect(await ids('--after', first, '--limit', '1')).toEqual([second]);
    expect(await ids('--limit', '2')).toEqual([first, second]);
  });

  it('nothing there is said on standard error, and exit 0', async () => {
    const newest = where(() => true).at(-1) ?? '';
    const ran = await events('--after', newest);
    expect([ran.code, ran.stdout]).toEqual([0, '']);
    expect(ran.stderr).toMatch(/no events.*conv send/);
    expect((await events('--after', newest, '-o', 'json')).stdout).toBe('[]\n');
  });

  it('an event that was removed is exit 1, with the remedy', async () => {
    const ran = await events('--after', randomUUID());
    expect([ran.code, ran.stdout]).toEqual([1, '']);
    expect(ran.stderr).toMatch(/^conv: .*read again from the beginning\n$/);
  });

  it.each([
    [['--after', 'x'], /event's id/],
    [['--type', 'x'], /conversation\.created/],
    [['--limit', '0'], /whole number/],
    [['-o', 'xml'], /table, json/],
    [['--follow', '-o', 'json'], /ndjson/],
    [['--follow', '--limit', '3'], /--limit/],
    [['x'], /./],
  ])('%j is wrong usage', async (args, says) => {
    const ran = await events(...args);
    expect([ran.code, ran.stdout]).toEqual([2, '']);
    expect(ran.stderr).toMatch(says);
  });
});

it('gives fifty, with --limit as many and with --all all of them, also of those that nobody placed yet', async () => {
  await plantEvents(stores.database, 5200);
  await stores.database.sequelize.query('UPDATE events SET position = NULL');
  const everything = await ids('--all');
  expect(new Set(everything).size).toBe(5204);
  expect(everything.slice(0, 4)).toEqual(where(() => true));
  expect(await ids()).toEqual(everything.slice(0, 50));
  expect(await ids('--limit', '450')).toEqual(everything.slice(0, 450));
});
