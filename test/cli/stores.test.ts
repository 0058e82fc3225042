import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Ran } from '../support/cli';
import { useDatabase } from '../support/database';
import { runConv } from '../support/processes';
import { forwardTo, type Proxy } from '../support/proxy';
import { useQueue } from '../support/queue';

const stores = useDatabase();
const queue = useQueue();
const empty = mkdtempSync(join(tmpdir(), 'conv-empty-'));
afterAll(() => rmSync(empty, { recursive: true }));

const CLOSED = '127.0.0.1:1';
const ID = '0198c0de-0000-7000-8000-000000000000';

const DATABASE_COMMANDS = [
  ['list'],
  ['show', ID],
  ['move', ID, 'ONGOING'],
  ['apps', 'list'],
  ['apps', 'show', 'a'],
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

function run(args: string[], env: NodeJS.ProcessEnv): Promise<Ran> {
  return runConv(args, { CONV_HOME: empty, QUEUE_PREFIX: queue.prefix, ...env });
}

/** Exit 3, no data, and one line that says which store and how to start it. */
function expectUnreachable({ code, stdout, stderr }: Ran, which: RegExp): void {
  expect({ code, stdout }).toEqual({ code: 3, stdout: '' });
  expect(stderr.trimEnd().split('\n')).toHaveLength(1);
  expect(stderr).toMatch(which);
  expect(stderr).toMatch(/npm start/);
}

describe('a database that cannot be reached', () => {
  it.each(DATABASE_COMMANDS)('stops conv %s %s', async (...args) => {
    const ran = await run(args, {
      DATABASE_URL: `postgres://conv:hunter2@${CLOSED}/conv`,
      REDIS_URL: queue.redisUrl,
    });
    expectUnreachable(ran, /PostgreSQL at 127\.0\.0\.1:1 .*DATABASE_URL/);
    expect(ran.stderr).not.toContain('hunter2');
  });

  it('is given up also where it hangs', async () => {
    const hanging: Proxy = await forwardTo(stores.url);
    hanging.stall();
    expectUnreachable(await run(['list'], { DATABASE_URL: hanging.through(stores.url) }), /PostgreSQL at/);
    await hanging.close();
  });

  it('that refuses the password is no different', async () => {
    const url = Object.assign(new URL(stores.url), { password: 'hunter2' }).href;
    const ran = await run(['list'], { DATABASE_URL: url });
    expectUnreachable(ran, /PostgreSQL at/);
    expect(ran.stderr).not.toContain('hunter2');
  });
});

describe('a Redis that cannot be reached', () => {
  it.each(QUEUE_COMMANDS)('stops conv %s %s', async (...args) => {
    const ran = await run(args, { DATABASE_URL: stores.url, REDIS_URL: `redis://:hunter2@${CLOSED}` });
    expectUnreachable(ran, /Redis at 127\.0\.0\.1:1 .*REDIS_URL/);
    expect(ran.stderr).not.toContain('hunter2');
  });

  it('is given up also where it hangs', async () => {
    const hanging: Proxy = await forwardTo(queue.redisUrl);
    hanging.stall();
    expectUnreachable(
      await run(['queue', 'stats'], { DATABASE_URL: stores.url, REDIS_URL: hanging.through(queue.redisUrl) }),
      /Redis at/,
    );
    await hanging.close();
  });

  it('does not keep back a command that needs none', async () => {
    expect((await run(['list'], { DATABASE_URL: stores.url, REDIS_URL: `redis://${CLOSED}` })).code).toBe(0);
    expect((await run(['list'], { DATABASE_URL: stores.url })).code).toBe(0);
  });
});

describe('no store named and no stack running', () => {
  it.each(['list', 'apps list', 'token list', 'replay a'])('stops conv %s', async (command) => {
    expectUnreachable(await run(command.split(' '), {}), /no PostgreSQL .*DATABASE_URL/);
  });

  it('stops conv queue stats for the lack of Redis, the only store it needs', async () => {
    expectUnreachable(await run(['queue', 'stats'], {}), /Redis.*REDIS_URL/);
  });

  it('lets conv queue stats work with Redis alone', async () => {
    expect((await run(['queue', 'stats'], { REDIS_URL: queue.redisUrl })).code).toBe(0);
  });

  it('does not guess a Redis that nobody named', async () => {
    expectUnreachable(await run(['queue', 'stats'], { DATABASE_URL: stores.url }), /no Redis .*REDIS_URL/);
  });
});

it.each([
  ['DATABASE_URL', 'localhost'],
  ['REDIS_URL', 'nonsense'],
  ['QUEUE_PREFIX', 'a:b'],
])('exits 2 for a setting that is wrong, and names it: %s=%s', async (name, value) => {
  const ran = await run(['queue', 'stats'], {
    DATABASE_URL: stores.url,
    REDIS_URL: queue.redisUrl,
    [name]: value,
  });
  expect([ran.code, ran.stdout]).toEqual([2, '']);
  expect(ran.stderr).toContain(name);
});
