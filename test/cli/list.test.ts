import { getConversation } from '../../src/conversations/list';
import type { ConversationStatus, ConversationView } from '../../src/lib/domain';
import { cells, convOn, dataOf, jsonOf } from '../support/cli';
import { useDatabase } from '../support/database';
import { conversation } from '../support/decided';
import { momentBetween } from '../support/moments';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const conv = convOn(stores, queue);
const list = (...args: string[]) => conv(['list', ...args]);

const STATUSES: ConversationStatus[] = ['CREATED', 'ONGOING', 'COMPLETED'];
const FIELDS = ['id', 'application_id', 'candidate_id', 'job_id', 'status', 'created_at', 'updated_at'];
/** Newest first. */
const all: ConversationView[] = [];
let between: string;

beforeAll(async () => {
  for (let n = 0; n < 6; n++) {
    if (n === 3) between = await momentBetween();
    const ids = { id: `a-${n}`, candidate_id: `c-${n}`, job_id: n % 2 ? 'odd' : 'even' };
    const id = await conversation(stores, STATUSES[n % 3], ids);
    all.unshift(await getConversation(stores.database, id));
  }
});

async function ids(...args: string[]): Promise<string[]> {
  return dataOf(await list('-o', 'ids', ...args))
    .trim()
    .split('\n');
}

const where = (test: (row: ConversationView) => boolean) => all.filter(test).map(({ id }) => id);

describe('formats', () => {
  it('separates fields by tabs where it is piped, without a heading and without colour', async () => {
    const stdout = dataOf(await list());
    expect(cells(stdout)).toEqual(
      all.map((row) => [
        row.id,
        row.status,
        row.candidate_id,
        row.job_id,
        row.application_id,
        row.created_at,
      ]),
    );
    expect(stdout).not.toContain('\u001b');
  });

  it('prints the same for -o table', async () => {
    expect((await list('-o', 'table')).stdout).toBe((await list()).stdout);
  });

  it("prints json as an array of the API's objects", async () => {
    expect(jsonOf(await list('-o', 'json'))).toStrictEqual(all);
    expect(jsonOf<object[]>(await list('--output', 'json')).map(Object.keys)).toEqual(all.map(() => FIELDS));
  });

  it('prints ndjson as one object a line', async () => {
    const lines = dataOf(await list('-o', 'ndjson'))
      .trimEnd()
      .split('\n');
    expect(lines.map((line) => JSON.parse(line) as unknown)).toStrictEqual(all);
  });

  it('prints csv with a heading', async () => {
    const [heading, ...lines] = dataOf(await list('-o', 'csv'))
      .trimEnd()
      .split('\n');
    expect(heading).toBe(FIELDS.join(','));
    expect(lines[0]).toBe(Object.values(all[0] ?? {}).join(','));
    expect(lines).toHaveLength(all.length);
  });

  it('prints ids, one a line', async () => {
    expect(await ids()).toEqual(where(() => true));
  });
});

describe('filters', () => {
  it.each([
    [['--status', 'CREATED'], (row: ConversationView) => row.status === 'CREATED'],
    [['--status', 'created'], (row: ConversationView) => row.status === 'CREATED'],
    [['--status', 'CREATED,ONGOING'], (row: ConversationView) => row.status !== 'COMPLETED'],
    [['--status', 'CREATED', '--status', 'ONGOING'], (row: ConversationView) => row.status !== 'COMPLETED'],
    [['--candidate', 'c-3'], (row: ConversationView) => row.candidate_id === 'c-3'],
    [['--job', 'odd'], (row: ConversationView) => row.job_id === 'odd'],
    [
      ['--job', 'odd', '--status', 'ONGOING'],
      (row: ConversationView) => row.job_id === 'odd' && row.status === 'ONGOING',
    ],
    [['--since', '24h'], () => true],
    [['--until', '2999-01-01'], () => true],
  ])('%j', async (args, test) => {
    expect(await ids(...args)).toEqual(where(test));
  });

  it('--since and --until take an ISO time', async () => {
    expect(await ids('--since', between)).toEqual(where(({ created_at }) => created_at > between));
    expect(await ids('--until', between)).toEqual(where(({ created_at }) => created_at < between));
  });

  it('--limit gives the newest so many', async () => {
    expect(await ids('--limit', '2')).toEqual(where(() => true).slice(0, 2));
  });
});

describe('more than a page', () => {
  it('is fifty, and with --all or --limit all there are', async () => {
    const job_id = 'big';
    for (let n = 0; n < 210; n += 10)
      await Promise.all(Array.from({ length: 10 }, () => conversation(stores, 'CREATED', { job_id })));
    expect(await ids('--job', job_id)).toHaveLength(50);
    const everything = await ids('--job', job_id, '--all');
    expect(new Set(everything).size).toBe(210);
    expect(await ids('--job', job_id, '--limit', '205')).toEqual(everything.slice(0, 205));
  });
});

describe('an empty list', () => {
  it.each(['table', 'csv', 'ids', 'ndjson'])(
    'says so on standard error, names the next command and exits 0: %s',
    async (format) => {
      const { code, stdout, stderr } = await list('--job', 'none', '-o', format);
      expect({ code, stdout }).toEqual({ code: 0, stdout: '' });
      expect(stderr).toMatch(/no conversations.*`conv \w+/);
    },
  );

  it('is still an array in json', async () => {
    const { code, stdout, stderr } = await list('--job', 'none', '-o', 'json');
    expect([code, JSON.parse(stdout)]).toEqual([0, []]);
    expect(stderr).toMatch(/no conversations/);
  });
});

describe('wrong usage exits 2, says what would be right, and prints no data', () => {
  it.each([
    [['--status', 'OPEN'], /CREATED, ONGOING, COMPLETED/],
    [['--status', ''], /CREATED, ONGOING, COMPLETED/],
    [['--status'], /argument missing/],
    [['--since', 'yesterday'], /24h/],
    [['--until', '2026-02-31'], /24h/],
    [['--limit', '0'], /whole number/],
    [['--limit', 'ten'], /whole number/],
    [['-o', 'yaml'], /json/],
    [['--colour'], /unknown option/],
    [['extra'], /too many arguments/],
  ])('%j', async (args, message) => {
    const { code, stdout, stderr } = await list(...args);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(message);
  });
});

it.each(['999999w', '9999-12-31T23:59:59Z', '0001-01-01'])('bears a time far away: %s', async (time) => {
  const { code, stderr } = await list('--since', time);
  expect([0, 2]).toContain(code);
  expect(stderr).not.toContain('refuses the data');
});
