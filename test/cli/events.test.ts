import { randomUUID } from 'node:crypto';
import type { FeedEvent } from '../../src/lib/domain';
import { readFeed } from '../../src/events/feed';
import { assignAllPositions } from '../../src/events/position';
import { parseCells, parseJson, splitLines, successOutput } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { createConversation, createRejected } from '../support/applications';
import { insertEvents } from '../support/feed';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';

const stores = useDatabase();
const queue = useQueue();

onStoresOrHttp(stores, queue, (conv) => {
  const events = (...args: string[]) => conv(['events', ...args]);

  /** Oldest first. */
  let all: FeedEvent[];

  async function ids(...args: string[]): Promise<string[]> {
    return splitLines(successOutput(await events('-o', 'ids', ...args)));
  }

  const where = (test: (event: FeedEvent) => boolean) => all.filter(test).map(({ id }) => id);

  beforeAll(async () => {
    await clearTables(stores);
    await createConversation(stores, 'ONGOING');
    await createRejected(stores);
    await assignAllPositions(stores.database);
    all = (await readFeed(stores.database, { after: null, types: undefined, limit: 100 })).data;
    expect(all).toHaveLength(4);
  });

  describe('formats', () => {
    it('separates fields by tabs when piped, oldest first', async () => {
      const rows = all.map(({ created_at, type, id, data }) => [created_at, type, id, data.id]);
      expect(parseCells(successOutput(await events()))).toEqual(rows);
      expect(parseCells(successOutput(await events('-o', 'table')))).toEqual(rows);
    });

    it('prints the objects of the API as json and ndjson', async () => {
      expect(parseJson(await events('-o', 'json'))).toStrictEqual(all);
      const lines = splitLines(successOutput(await events('-o', 'ndjson')));
      expect(lines.map((line) => JSON.parse(line) as unknown)).toStrictEqual(all);
    });

    it('prints csv with a header, and one id per line', async () => {
      const [header, ...lines] = splitLines(successOutput(await events('-o', 'csv')));
      expect(header).toBe('id,type,created_at,data');
      expect(lines.map((line) => line.split(',').slice(0, 3))).toEqual(
        all.map(({ id, type, created_at }) => [id, type, created_at]),
      );
      expect(await ids()).toEqual(where(() => true));
    });
  });

  describe('flags', () => {
    it('--type selects events of one or several types', async () => {
      const isRejection = ({ type }: FeedEvent) => type === 'application.rejected';
      expect(await ids('--type', 'application.rejected')).toEqual(where(isRejection));
      expect(await ids('--type', 'conversation.created,Conversation.Updated')).toEqual(
        where((event) => !isRejection(event)),
      );
    });

    it('--after starts after an event, and --limit prints the oldest events', async () => {
      const [first = '', second = ''] = where(() => true);
      expect(await ids('--after', first)).toEqual(where(() => true).slice(1));
      expect(await ids('--after', first, '--limit', '1')).toEqual([second]);
      expect(await ids('--limit', '2')).toEqual([first, second]);
    });

    it('--since selects events of then and later', async () => {
      const time = all[2]?.created_at ?? '';
      expect(await ids('--since', time)).toEqual(where(({ created_at }) => created_at >= time));
      expect(await ids('--since', '1h')).toEqual(where(() => true));
    });

    it('--since combines with --type and --limit', async () => {
      const limited = await ids('--since', '1h', '--type', 'conversation.created', '--limit', '1');
      expect(limited).toEqual(where(({ type }) => type === 'conversation.created').slice(0, 1));
    });

    it('--since after every event prints a notice', async () => {
      const { code, stderr } = await events('--since', '2999-01-01');
      expect(code).toBe(0);
      expect(stderr).toMatch(/^no events match --since 2999-01-01T00:00:00\.000Z: /);
    });

    it('--tail prints the newest events, oldest first', async () => {
      expect(await ids('--tail', '2')).toEqual(where(() => true).slice(-2));
      expect(await ids('--tail', '100')).toEqual(where(() => true));
    });

    it('--tail counts only the events of --type', async () => {
      const created = where(({ type }) => type === 'conversation.created');
      expect(await ids('--tail', '1', '--type', 'conversation.created')).toEqual(created.slice(-1));
    });

    it('--latest prints the newest event', async () => {
      expect(await ids('--latest')).toEqual(where(() => true).slice(-1));
    });

    it('prints a notice and exits 0 if there are no events', async () => {
      const newest = where(() => true).at(-1) ?? '';
      const result = await events('--after', newest);
      expect([result.code, result.stdout]).toEqual([0, '']);
      expect(result.stderr).toBe(`no events match --after ${newest}: list all with \`conv events\`\n`);
      expect((await events('--after', newest, '-o', 'json')).stdout).toBe('[]\n');
    });

    it('exits 1 for --after with an event that was removed, and names the next step', async () => {
      const result = await events('--after', randomUUID());
      expect([result.code, result.stdout]).toEqual([1, '']);
      expect(result.stderr).toMatch(/^conv: .*from the beginning.*\n$/);
    });

    it.each([
      [['--after', 'x'], /id of an event/],
      [['--type', 'x'], /conversation\.created/],
      [['--limit', '0'], /whole number/],
      [['--follow', '-o', 'json'], /ndjson/],
      [['--follow', '--limit', '3'], /--limit/],
      [['--since', 'yesterday'], /duration such as 24h/],
      [
        ['--since', '1h', '--after', randomUUID()],
        /'--since <time>' cannot be used with option '--after <id>'/,
      ],
      [['--tail', '0'], /whole number from 1 to 10000/],
      [['--tail', '3', '--since', '1h'], /'--tail <n>' cannot be used with option '--since <time>'/],
      [['--tail', '3', '--all'], /'--tail <n>' cannot be used with option '--all'/],
      [['--tail', '3', '--limit', '2'], /'--tail <n>' cannot be used with option '--limit <n>'/],
      [['--latest', '--tail', '3'], /'--latest' cannot be used with option '--tail <n>'/],
      [['--latest', '--after', randomUUID()], /'--latest' cannot be used with option '--after <id>'/],
      [['extra'], /too many arguments/],
      [['--limit', '5', '--all'], /'--all' cannot be used with option '--limit <n>'/],
      [['--limit', '5', 'deliveries'], /put --limit after `conv events deliveries`/],
    ])('exits 2 for %j', async (args, message) => {
      const result = await events(...args);
      expect([result.code, result.stdout]).toEqual([2, '']);
      expect(result.stderr).toMatch(message);
    });
  });

  it('prints 50 events by default, and all with --all, including events that have no position yet', async () => {
    await insertEvents(stores.database, 5200);
    await stores.database.sequelize.query('UPDATE events SET position = NULL');
    const everything = await ids('--all');
    expect(new Set(everything).size).toBe(5204);
    expect(everything.slice(0, 4)).toEqual(where(() => true));
    expect(await ids('--limit', '450')).toEqual(everything.slice(0, 450));
    expect(await events('-o', 'ids')).toEqual({
      code: 0,
      stdout: everything.slice(0, 50).join('\n') + '\n',
      stderr: '50 shown, more exist: --all or --limit\n',
    });
  });
});
