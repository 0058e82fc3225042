import { createServer } from 'node:net';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { homeFolder, readDevFile } from '../../src/local/dev-file';
import { waitUntil } from '../../src/local/processes';
import { Homes } from './support/homes';
import { childrenOf, type Seen, StackProcess, survivors } from './support/stack-process';

const homes = new Homes();
const running: StackProcess[] = [];

function start(home: string, env?: NodeJS.ProcessEnv, wrapper?: readonly string[]): StackProcess {
  const stack = new StackProcess(home, env, wrapper);
  running.push(stack);
  return stack;
}

afterEach(async () => {
  for (const stack of running.splice(0)) {
    if (stack.alive) await stack.stop();
  }
});
afterAll(() => homes.destroy());

const named = (processes: Seen[], text: string): Seen => {
  const found = processes.find(({ command }) => command.includes(text) && !command.includes('conv-guardian'));
  if (found === undefined) throw new Error(`no ${text} among ${JSON.stringify(processes)}`);
  return found;
};

describe('a running stack', () => {
  it('serves, and tells in dev.json how to reach it', async () => {
    const home = homes.next();
    const stack = start(home);
    const dev = await stack.ready();
    expect(await readDevFile(home)).toEqual(dev);
    expect(statSync(join(home, 'dev.json')).mode & 0o777).toBe(0o600);
    const answer = await fetch(new URL('/readyz', dev.url));
    expect(await answer.json()).toMatchObject({
      DATABASE_URL: dev.database_url,
      REDIS_URL: dev.redis_url,
      WEBHOOK_SECRETS: dev.webhook_secret,
    });
    expect(await stack.stop()).toBe('exit code 0');
    expect([existsSync(join(home, 'dev.json')), existsSync(join(home, 'dev.pid'))]).toEqual([false, false]);
  });

  it('refuses a second one on its home, naming its address, and runs beside one with another home', async () => {
    const home = homes.next();
    const { url } = await start(home).ready();
    const second = start(home, { PORT: new URL(url).port });
    expect(await second.ended).toBe('exit code 1');
    expect(second.said).toContain(`already running at ${url}`);
    const beside = await start(homes.next()).ready();
    expect(beside.url).not.toBe(url);
    expect((await fetch(new URL('/readyz', url))).ok).toBe(true);
  });

  it('starts each part again on its port after kill -9', async () => {
    const home = homes.next();
    const stack = start(home);
    const dev = await stack.ready();
    const parts = await childrenOf(stack.pid);
    const names = ['bin/postgres', '127.0.0.1:', 'fake-web', 'fake-worker'];
    for (const name of names) process.kill(named(parts, name).pid, 'SIGKILL');
    await waitUntil(() => stack.said.match(/runs again/g)?.length === names.length, 60_000);
    expect(stack.said.match(/ended unexpectedly \(SIGKILL\)/g)).toHaveLength(names.length);
    expect(stack.said.match(/runs again/g)).toHaveLength(names.length);
    expect((await fetch(new URL('/readyz', dev.url))).ok).toBe(true);
    const port = new URL(dev.redis_url).port;
    expect(named(await childrenOf(stack.pid), `127.0.0.1:${port}`).pid).not.toBe(
      named(parts, '127.0.0.1:').pid,
    );
  });
});

describe('the end of a stack', () => {
  const ends: [string, (stack: StackProcess) => void, string][] = [
    ['Ctrl-C, which reaches the whole group', (stack) => stack.ctrlC(), 'exit code 0'],
    ['SIGTERM', (stack) => stack.kill('SIGTERM'), 'exit code 0'],
    ['kill -9', (stack) => stack.kill('SIGKILL'), 'SIGKILL'],
  ];
  it.each(ends)('leaves no process: %s', async (_, end, reason) => {
    const stack = start(homes.next());
    await stack.ready();
    const parts = await childrenOf(stack.pid);
    expect(parts.length).toBeGreaterThanOrEqual(6);
    end(stack);
    expect(await stack.ended).toBe(reason);
    expect(await survivors(parts)).toEqual([]);
    expect(stack.said).not.toContain('unexpectedly');
  });

  it('comes with the end of its parent', async () => {
    // The command after it keeps the shell from replacing itself by node.
    const parent = start(homes.next(), {}, ['/bin/sh', '-c', '"$@"; exit 0', 'sh']);
    await parent.ready();
    const [stack] = await childrenOf(parent.pid);
    if (stack === undefined) throw new Error('the shell has no child');
    const parts = await childrenOf(stack.pid);
    parent.kill('SIGKILL');
    expect(await survivors([stack, ...parts])).toEqual([]);
  });

  it('by kill -9 is repaired by the next start, even where the guardians were killed too', async () => {
    const home = homes.next();
    const first = start(home);
    await first.ready();
    const parts = await childrenOf(first.pid);
    for (const { pid, command } of parts) if (command.includes('conv-guardian')) process.kill(pid, 'SIGKILL');
    first.kill('SIGKILL');
    await first.ended;
    expect(existsSync(join(home, 'dev.json'))).toBe(true);
    expect(await readDevFile(home)).toBeNull();
    const second = start(home);
    expect(await second.ready()).toMatchObject({ token: 'a-token' });
    expect(await survivors(parts)).toEqual([]);
  });
});

describe('a stack that cannot start', () => {
  it('says that the port is taken, and by which setting to choose another', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const address = other.address();
    const port = typeof address === 'object' && address !== null ? String(address.port) : '';
    const stack = start(homes.next(), { PORT: port });
    expect(await stack.ended).toBe('exit code 1');
    expect(stack.said).toMatch(new RegExp(`port ${port} .* is taken: set PORT`));
    await new Promise((resolve) => other.close(resolve));
  });

  it('stops what was started, and tells the last words of the part that failed', async () => {
    const home = homes.next();
    const stack = start(home, { WORKER_FAULT: 'no work today' });
    expect(await stack.ended).toBe('exit code 1');
    expect(stack.said).toMatch(/worker did not start \(exit code 3\):\nno work today/);
    const port = /^port "(\d+)"/m.exec(readFileSync(join(home, 'redis.conf'), 'utf8'))?.[1];
    await expect(fetch(`http://127.0.0.1:${port}`)).rejects.toThrow();
    expect(existsSync(join(home, 'dev.pid'))).toBe(false);
  });
});

describe('dev.json', () => {
  it('counts for nothing where no stack runs', async () => {
    const home = homes.next();
    expect(await readDevFile(home)).toBeNull();
    const stack = start(home);
    await stack.ready();
    await stack.stop();
    writeFileSync(join(home, 'dev.json'), '{"url":"http://127.0.0.1:1"}');
    writeFileSync(join(home, 'dev.pid'), `${process.pid} 1\n`);
    expect(await readDevFile(home)).toBeNull();
  });

  it('lies in CONV_HOME, or in .conv', () => {
    expect(homeFolder({}, '/work')).toBe('/work/.conv');
    expect(homeFolder({ CONV_HOME: ' ' }, '/work')).toBe('/work/.conv');
    expect(homeFolder({ CONV_HOME: 'data' }, '/work')).toBe('/work/data');
  });
});
