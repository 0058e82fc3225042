import { NO_STACK, runInProcess, type CliResult } from '../support/cli';
import { useDatabase } from '../support/database';
import { forwardTo } from '../support/proxy';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();

const CLOSED_PORT = '127.0.0.1:1';
const ID = '0198c0de-0000-7000-8000-000000000000';

const DATABASE_COMMANDS = [
  ['list'],
  ['show', ID],
  ['move', ID, 'ONGOING'],
  ['apps', 'list'],
  ['apps', 'show', 'a'],
  ['candidate', 'erase', 'a'],
  ['events'],
  ['events', 'deliveries'],
  ['events', 'redeliver'],
  ['replay', 'a'],
  ['seed', '--count', '1'],
  ['token', 'list'],
  ['db', 'status'],
  ['db', 'migrate'],
];
const QUEUE_COMMANDS = [
  ['queue', 'stats'],
  ['apps', 'show', 'a'],
  ['replay', 'a'],
];

function run(args: string[], env: NodeJS.ProcessEnv): Promise<CliResult> {
  return runInProcess(args, { CONV_HOME: NO_STACK, QUEUE_PREFIX: queue.prefix, ...env });
}

/** Expects exit code 3, no data, and one line that names the store and the next step but never a password. */
function expectUnreachable({ code, stdout, stderr }: CliResult, message: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr).toMatch(/^conv: [^\n]+\n$/);
  expect(stderr).toMatch(message);
  expect(stderr).toContain('npm start');
  expect(stderr).not.toContain('hunter2');
}

describe('if PostgreSQL cannot be reached', () => {
  it.each(DATABASE_COMMANDS)('conv %s %s exits 3', async (...args) => {
    const DATABASE_URL = `postgres://conv:hunter2@${CLOSED_PORT}/conv`;
    const result = await run(args, { DATABASE_URL, REDIS_URL: queue.redisUrl });
    expectUnreachable(result, /cannot reach PostgreSQL at 127\.0\.0\.1:1: .*DATABASE_URL/);
  });

  it('a command exits 3 also if the server does not answer', async () => {
    const proxy = await forwardTo(stores.url);
    proxy.stall();
    const result = await run(['list'], { DATABASE_URL: proxy.through(stores.url) });
    expectUnreachable(result, /cannot reach PostgreSQL at /);
    await proxy.close();
  });

  it.each([
    ['password', { password: 'hunter2' }, /\(wrong user or password\)/],
    ['database', { pathname: '/none' }, /\(the database does not exist\)/],
  ])('a command names a wrong %s as the cause', async (_, change, cause) => {
    const DATABASE_URL = Object.assign(new URL(stores.url), change).href;
    expectUnreachable(await run(['list'], { DATABASE_URL }), cause);
  });
});

describe('if Redis cannot be reached', () => {
  it.each(QUEUE_COMMANDS)('conv %s %s exits 3', async (...args) => {
    const REDIS_URL = `redis://:hunter2@${CLOSED_PORT}`;
    const result = await run(args, { DATABASE_URL: stores.url, REDIS_URL });
    expectUnreachable(result, /cannot reach Redis at 127\.0\.0\.1:1: .*REDIS_URL/);
  });

  it('a command exits 3 also if the server does not answer', async () => {
    const proxy = await forwardTo(queue.redisUrl);
    proxy.stall();
    const result = await run(['queue', 'stats'], { REDIS_URL: proxy.through(queue.redisUrl) });
    expectUnreachable(result, /cannot reach Redis at /);
    await proxy.close();
  });

  it.each([[`redis://${CLOSED_PORT}`], [undefined]])(
    'a command that does not use it works (REDIS_URL=%s)',
    async (REDIS_URL) => {
      const env = { DATABASE_URL: stores.url, ...(REDIS_URL !== undefined && { REDIS_URL }) };
      expect((await run(['list'], env)).code).toBe(0);
    },
  );
});

describe('without settings and without a local stack', () => {
  it.each(['list', 'apps list', 'token list', 'replay a'])('conv %s exits 3', async (command) => {
    expectUnreachable(await run(command.split(' '), {}), /no PostgreSQL is configured.*DATABASE_URL/);
  });

  it('conv queue stats needs REDIS_URL only', async () => {
    expectUnreachable(await run(['queue', 'stats'], {}), /no Redis is configured.*REDIS_URL/);
    expect((await run(['queue', 'stats'], { REDIS_URL: queue.redisUrl })).code).toBe(0);
  });

  it.each(['queue stats', 'replay a'])('conv %s does not guess a Redis for DATABASE_URL', async (command) => {
    const result = await run(command.split(' '), { DATABASE_URL: stores.url });
    expectUnreachable(result, /no Redis is configured.*REDIS_URL/);
  });
});

it.each([
  ['DATABASE_URL', 'localhost'],
  ['REDIS_URL', 'nonsense'],
  ['QUEUE_PREFIX', 'a:b'],
])('exits 2 for the invalid setting %s=%s and names it', async (name, value) => {
  const { code, stdout, stderr } = await run(['queue', 'stats'], {
    DATABASE_URL: stores.url,
    REDIS_URL: queue.redisUrl,
    [name]: value,
  });
  expect([code, stdout]).toEqual([2, '']);
  expect(stderr).toContain(name);
});
