import { splitLines } from '../support/cli';
import { useDatabase } from '../support/database';
import { insertManyConversations } from '../support/bulk-rows';
import { useQueue } from '../support/queue';
import { CONV, createShell, onTerminal } from '../support/shell';

const stores = useDatabase();
const queue = useQueue();
const shell = createShell(stores, queue);

beforeAll(() => insertManyConversations(stores.database.sequelize, 1, 300));

describe('exit codes of the process', () => {
  it.each([
    [0, 'queue stats', {}],
    [1, 'show unknown', {}],
    [2, 'lists', {}],
    [3, 'list', { DATABASE_URL: 'postgres://conv@127.0.0.1:1/conv' }],
  ])('exits %i for conv %s', async (code, args, env) => {
    expect((await shell(`${CONV} ${args}`, env)).code).toBe(code);
  });
});

describe('a closed pipe', () => {
  it('is no error for conv list | head -1', async () => {
    const result = await shell(`set -o pipefail; ${CONV} list --all -o json | head -1`);
    expect([result.code, result.stderr]).toEqual([0, '']);
    expect(splitLines(result.stdout)).toHaveLength(1);
  });

  it('is no error for conv list | true', async () => {
    const result = await shell(`set -o pipefail; ${CONV} list --all -o table | true`);
    expect([result.code, result.stderr]).toEqual([0, '']);
  });
});

it('writes a long list into a pipe completely', async () => {
  const { stdout } = await shell(`${CONV} list --all -o ids | wc -l`);
  expect(Number(stdout)).toBe(300);
});

it('reads standard input', async () => {
  const { code, stderr } = await shell(
    `echo hello | ${CONV} send - --url http://127.0.0.1:1 --secret whsec_c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0`,
  );
  expect([code, stderr]).toEqual([2, 'conv: the input is not JSON: nothing was sent\n']);
});

describe('on a terminal', () => {
  it('prints a colored header and says that more rows exist', async () => {
    const { stdout } = await shell(onTerminal(`${CONV} list --limit 2`), { TERM: 'xterm' });
    expect(stdout).toMatch(/ID .*STATUS .*CANDIDATE ID .*JOB ID/);
    expect(stdout).toContain('\u001b[1m');
    expect(stdout).toContain('2 shown, more exist: --all or --limit');
  });

  it('prints no color if NO_COLOR is set', async () => {
    const env = { TERM: 'xterm', NO_COLOR: '1' };
    const { stdout } = await shell(onTerminal(`${CONV} list --limit 2`), env);
    expect(stdout).toContain('CANDIDATE ID');
    expect(stdout).not.toContain('\u001b[');
  });

  it('asks before it changes several records, and changes nothing if the answer is no', async () => {
    const { stdout, code } = await shell(`echo n | ${onTerminal(`${CONV} db rollback`)}`, { TERM: 'xterm' });
    expect(stdout).toMatch(/About to roll back [\w-]+ and delete its data. Continue\? \[y\/N\]/);
    expect(stdout).toContain('canceled: nothing was changed');
    expect(code).toBe(1);
    expect(await stores.database.conversations.count()).toBe(300);
  });
});
