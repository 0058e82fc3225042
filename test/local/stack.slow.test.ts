import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { homeFolder, readDevFile, type DevFile } from '../../src/local/dev-file';
import { eventually } from '../support/eventually';
import { descendants, type Process, stillRunning } from '../support/process-table';
import { Homes } from './support/homes';
import { StackProcess } from './support/stack-process';

/** One home for all tests, in order: each start after the first uses the data of the one before. */
const homes = new Homes();
const home = homes.next();
const path = (name: string): string => join(home, name);

let stack: StackProcess;
let dev: DevFile;
let parts: Process[];

/** Starts a stack and waits until it is ready. */
async function start(wrapper?: readonly string[]): Promise<void> {
  stack = new StackProcess(home, {}, wrapper);
  dev = await stack.ready();
  parts = descendants(stack.pid);
}

afterAll(async () => {
  if (stack.isRunning) await stack.stop();
  await homes.destroy();
});

function findPart(text: string, among = parts): Process {
  const found = among.find(({ command }) => command.includes(text) && !command.includes('conv-watchdog'));
  if (found === undefined) throw new Error(`no ${text} among ${JSON.stringify(among)}`);
  return found;
}

async function expectAllEnded(processes: readonly Process[]): Promise<void> {
  await eventually(() => stillRunning(processes).length === 0);
}

describe('a running stack', () => {
  beforeAll(() => start());

  it('serves, and writes to dev.json how to reach it', async () => {
    expect(await readDevFile(home)).toEqual(dev);
    expect(statSync(path('dev.json')).mode & 0o777).toBe(0o600);
    const response = await fetch(new URL('/readyz', dev.url));
    expect(await response.json()).toEqual({
      DATABASE_URL: dev.database_url,
      REDIS_URL: dev.redis_url,
      WEBHOOK_SECRETS: dev.webhook_secret,
      nodeFlags: ['--no-allocation-site-pretenuring'],
    });
  });

  it('refuses a second stack on its home and names the URL of the first', async () => {
    const second = new StackProcess(home, { PORT: new URL(dev.url).port });
    expect(await second.ended).toBe('exit code 1');
    expect(second.log).toContain(`already running at ${dev.url}`);
    expect((await fetch(new URL('/readyz', dev.url))).ok).toBe(true);
  });

  it('restarts each part on its port after kill -9', async () => {
    const names = ['bin/postgres', '127.0.0.1:', 'fake-web', 'fake-worker'];
    for (const name of names) process.kill(findPart(name).pid, 'SIGKILL');
    await eventually(() => stack.log.match(/: restarted/g)?.length === names.length);
    expect(stack.log.match(/ended unexpectedly \(SIGKILL\)/g)).toHaveLength(names.length);
    expect((await fetch(new URL('/readyz', dev.url))).ok).toBe(true);
    const redis = findPart(`127.0.0.1:${new URL(dev.redis_url).port}`, descendants(stack.pid));
    expect(redis.pid).not.toBe(findPart('127.0.0.1:').pid);
  });
});

describe('the end of a stack', () => {
  it('leaves no process after Ctrl-C, which signals the whole process group', async () => {
    parts = descendants(stack.pid);
    const before = stack.log.length;
    stack.pressCtrlC();
    expect(await stack.ended).toBe('exit code 0');
    await expectAllEnded(parts);
    expect(stack.log.slice(before)).not.toContain('unexpectedly');
    expect([existsSync(path('dev.json')), existsSync(path('dev.pid'))]).toEqual([false, false]);
  });

  it('leaves no process after kill -9', async () => {
    await start();
    expect(parts.length).toBeGreaterThanOrEqual(6); // PostgreSQL and Redis with a watchdog each, web and worker
    stack.kill('SIGKILL');
    expect(await stack.ended).toBe('SIGKILL');
    await expectAllEnded(parts);
  });

  it('comes with the end of its parent process', async () => {
    // The command after the stack keeps the shell from replacing itself by node.
    await start(['/bin/sh', '-c', '"$@"; exit 0', 'sh']);
    stack.kill('SIGKILL');
    await expectAllEnded(parts);
  });

  it('is cleaned up by the next start, even if kill -9 also ended the watchdogs', async () => {
    await start();
    for (const { pid, command } of parts) if (command.includes('conv-watchdog')) process.kill(pid, 'SIGKILL');
    stack.kill('SIGKILL');
    await stack.ended;
    expect(stillRunning([findPart('bin/postgres'), findPart('127.0.0.1:')])).toHaveLength(2);
    expect(existsSync(path('dev.json'))).toBe(true);
    expect(await readDevFile(home)).toBeNull();
    const leftover = parts;
    await start();
    expect(dev.token).toBe('a-token');
    await expectAllEnded(leftover);
  });

  it('leaves no process after SIGTERM', async () => {
    expect(await stack.stop()).toBe('exit code 0');
    await expectAllEnded(parts);
  });
});

describe('a stack that cannot start', () => {
  it('says that the port is in use, and how to choose another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as AddressInfo;
    stack = new StackProcess(home, { PORT: String(port) });
    expect(await stack.ended).toBe('exit code 1');
    expect(stack.log).toMatch(new RegExp(`port ${port} .* is already in use: set PORT`));
    await new Promise((resolve) => other.close(resolve));
  });

  it('stops what was started, and prints the last lines of the part that failed', async () => {
    stack = new StackProcess(home, { WORKER_ERROR: 'no work today' });
    expect(await stack.ended).toBe('exit code 1');
    expect(stack.log).toMatch(/worker did not start \(exit code 3\):\nno work today/);
    const port = /^port "(\d+)"/m.exec(readFileSync(path('redis.conf'), 'utf8'))?.[1];
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    expect(existsSync(path('dev.pid'))).toBe(false);
  });
});

describe('dev.json', () => {
  it('is ignored if no stack is running', async () => {
    expect(await readDevFile(home)).toBeNull();
    writeFileSync(path('dev.json'), '{"url":"http://127.0.0.1:1"}');
    writeFileSync(path('dev.pid'), `${process.pid} 1\n`);
    expect(await readDevFile(home)).toBeNull();
  });

  it('is in CONV_HOME, or in .conv', () => {
    expect(homeFolder({}, '/work')).toBe('/work/.conv');
    expect(homeFolder({ CONV_HOME: ' ' }, '/work')).toBe('/work/.conv');
    expect(homeFolder({ CONV_HOME: 'data' }, '/work')).toBe('/work/data');
  });
});
