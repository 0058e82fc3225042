import { getConversation } from '../../src/conversations/list';
import type { ConversationStatus, ConversationView } from '../../src/lib/domain';
import { parseCells, parseJson, runInProcess, splitLines, successOutput } from '../support/cli';
import { clearTables, useDatabase } from '../support/database';
import { createConversation } from '../support/applications';
import { insertManyConversations } from '../support/bulk-rows';
import { useQueue } from '../support/queue';
import { onStoresOrHttp } from '../support/remote';

const stores = useDatabase();
const empty = useDatabase();
const queue = useQueue();

const STATUSES: ConversationStatus[] = ['CREATED', 'ONGOING', 'COMPLETED'];
const COLUMNS = ['id', 'status', 'candidate_id', 'job_id', 'application_id', 'created_at'] as const;
const FIELDS = ['id', 'application_id', 'candidate_id', 'job_id', 'status', 'created_at', 'updated_at'];
onStoresOrHttp(stores, queue, (conv) => {
  const list = (...args: string[]) => conv(['list', ...args]);
  /** Newest first. */
  let all: ConversationView[];
  beforeAll(async () => {
    await clearTables(stores);
    all = [];
    for (let n = 0; n < 6; n++) {
      const ids = { id: `a-${n}`, candidate_id: `c-${n}`, job_id: n % 2 ? 'odd' : 'even' };
      const id = await createConversation(stores, STATUSES[n % 3], ids);
      all.unshift(await getConversation(stores.database, id));
    }
  });

  const ids = async (...args: string[]) => splitLines(successOutput(await list('-o', 'ids', ...args)));
  const idsWhere = (test: (row: ConversationView) => boolean) => all.filter(test).map(({ id }) => id);
  const allIds = () => idsWhere(() => true);

  describe('formats', () => {
    it('separates fields by tabs when piped, without header and color', async () => {
      const stdout = successOutput(await list());
      expect(parseCells(stdout)).toEqual(all.map((row) => COLUMNS.map((name) => row[name])));
      expect(stdout).not.toContain('\u001b');
      expect((await list('-o', 'table')).stdout).toBe(stdout);
    });

    it('prints a table with a header on a terminal', async () => {
      const terminal = { stdoutIsTerminal: true, useColor: false };
      const [header, ...rows] = splitLines(successOutput(await conv(['list'], terminal)));
      expect(header).toMatch(/^ID +STATUS +CANDIDATE ID +JOB ID +APPLICATION ID +CREATED AT *$/);
      expect(rows.map((row) => row.split(/ +/)[0])).toEqual(allIds());
    });

    it('prints json as an array of the objects of the API', async () => {
      expect(parseJson(await list('-o', 'json'))).toStrictEqual(all);
      expect(parseJson<object[]>(await list('--output', 'json')).map(Object.keys)).toEqual(
        all.map(() => FIELDS),
      );
    });

    it('prints ndjson as one object per line', async () => {
      const lines = splitLines(successOutput(await list('-o', 'ndjson')));
      expect(lines.map((line) => JSON.parse(line) as unknown)).toStrictEqual(all);
    });

    it('prints csv with a header', async () => {
      const [header, ...lines] = splitLines(successOutput(await list('-o', 'csv')));
      expect(header).toBe(FIELDS.join(','));
      expect(lines[0]).toBe(Object.values(all[0] ?? {}).join(','));
      expect(lines).toHaveLength(all.length);
    });
    it('prints one id per line', async () => {
      expect(await ids()).toEqual(allIds());
    });
  });

  describe('filters', () => {
    it.each([
      [['--status', 'CREATED'], (row: ConversationView) => row.status === 'CREATED'],
      [['--status', 'created'], (row: ConversationView) => row.status === 'CREATED'],
      [['--status', 'CREATED,CREATED'], (row: ConversationView) => row.status === 'CREATED'],
      [['--status', 'CREATED,ONGOING'], (row: ConversationView) => row.status !== 'COMPLETED'],
      [['--status', 'CREATED', '--status', 'ONGOING'], (row: ConversationView) => row.status !== 'COMPLETED'],
      [['--candidate', 'c-3'], (row: ConversationView) => row.candidate_id === 'c-3'],
      [['--job', 'odd'], (row: ConversationView) => row.job_id === 'odd'],
      [['--application', 'a-2'], (row: ConversationView) => row.application_id === 'a-2'],
      [['--updated-since', '24h'], () => true],
      [
        ['--job', 'odd', '--status', 'ONGOING'],
        (row: ConversationView) => row.job_id === 'odd' && row.status === 'ONGOING',
      ],
      [['--since', '24h'], () => true],
      [['--since', '0001-01-01', '--until', '9999-12-31T23:59:59Z'], () => true],
    ])('filters by %j', async (args, test) => {
      expect(await ids(...args)).toEqual(idsWhere(test));
    });

    it('includes the time of --since and excludes the time of --until', async () => {
      const time = all[2]?.created_at ?? '';
      expect(await ids('--since', time)).toEqual(idsWhere(({ created_at }) => created_at >= time));
      expect(await ids('--until', time)).toEqual(idsWhere(({ created_at }) => created_at < time));
    });
  });

  describe('limits', () => {
    it('prints the newest conversations up to --limit', async () => {
      expect(await ids('--limit', '2')).toEqual(allIds().slice(0, 2));
    });

    it('says on a terminal that more conversations exist', async () => {
      const { stderr } = await conv(['list', '--limit', '2'], { stdoutIsTerminal: true });
      expect(stderr).toBe('2 shown, more exist: --all or --limit\n');
    });

    it.each(['--limit', '--until'])('says nothing in a pipe if %s asked for less', async (flag) => {
      const value = flag === '--limit' ? '2' : (all[3]?.created_at ?? '');
      expect((await list(flag, value)).stderr).toBe('');
    });

    describe('of a long list', () => {
      let job: string[];
      beforeAll(async () => {
        job = (await insertManyConversations(stores.database.sequelize, 1, 210)).toReversed();
      });

      it('are more than one page with --all', async () => {
        expect(await ids('--job', 'job', '--all')).toEqual(job);
      });

      it('are more than one page with a high --limit', async () => {
        expect(await ids('--job', 'job', '--limit', '205')).toEqual(job.slice(0, 205));
      });

      it('are 50 by default', async () => {
        expect(splitLines((await list('--job', 'job', '-o', 'ids')).stdout)).toEqual(job.slice(0, 50));
      });

      it.each(['table', 'json', 'ndjson', 'csv', 'ids'])(
        'are named on standard error if the default one cut %s in a pipe',
        async (format) => {
          const { stderr } = await list('--job', 'job', '-o', format);
          expect(stderr).toBe('50 shown, more exist: --all or --limit\n');
        },
      );
    });

    it('cannot be both --all and --limit', async () => {
      const { code, stderr } = await list('--all', '--limit', '5');
      expect(code).toBe(2);
      expect(stderr).toMatch(/'--all' cannot be used with option '--limit <n>'/);
    });
  });

  describe('an empty list', () => {
    it.each(['table', 'ids', 'ndjson'])('prints nothing as %s and exits 0', async (format) => {
      const { code, stdout } = await list('--job', 'none', '-o', format);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
    });

    it('prints an empty array as json', async () => {
      const { code, stdout } = await list('--job', 'none', '-o', 'json');
      expect([code, JSON.parse(stdout)]).toEqual([0, []]);
    });

    it('says that no conversation matches the filter, and names it', async () => {
      const { stderr } = await list(
        '--job',
        'no job',
        '--status',
        'created,ongoing',
        '--since',
        '2026-01-31',
      );
      expect(stderr).toBe(
        'no conversations match --status CREATED,ONGOING --job "no job" --since 2026-01-31T00:00:00.000Z: list all with `conv list`\n',
      );
    });
  });

  it.each([
    [['--status', 'OPEN'], /'OPEN' is invalid. Expected CREATED, ONGOING or COMPLETED/],
    [['--status'], /argument missing/],
    [['--since', 'yesterday'], /'yesterday' is invalid. Expected a duration such as 24h/],
    [['--until', '999999w'], /'999999w' is invalid. Expected a duration such as 24h/],
    [['--limit', '0'], /whole number/],
    [['-o', 'yaml'], /table, json, ndjson, csv, ids/],
  ])('exits 2 for %j, names what is expected, and prints no data', async (args, message) => {
    const { code, stdout, stderr } = await list(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
    expect(stderr).toContain('Run `conv list --help`');
  });
});

it('names the next command if there are no conversations at all', async () => {
  const { stderr } = await runInProcess(['list'], { DATABASE_URL: empty.url });
  expect(stderr).toMatch(/^no conversations found: .*`conv send`\n$/);
});
