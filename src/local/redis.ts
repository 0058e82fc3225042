import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import type { Child } from './child';
import { readTextOrNull, writePrivate } from './files';
import { commandLine, stopProcess } from './processes';
import { locateRedis } from './redis-binary';
import { type RunningStore, startOnFreePort, startStoreProcess } from './store-process';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGKILL'];

const configFile = (home: string): string => join(home, 'redis.conf');
const pidFile = (home: string): string => join(home, 'redis.pid');

/** Returns the configuration: every acknowledged command is on disk, and no data is evicted. */
function configuration(home: string, port: number, password: string): string {
  const settings: Record<string, string | number> = {
    bind: '127.0.0.1',
    port,
    requirepass: password,
    daemonize: 'no',
    dir: join(home, 'redis'),
    pidfile: pidFile(home),
    appendonly: 'yes',
    appendfsync: 'always',
    save: '',
    'maxmemory-policy': 'noeviction',
    // A job is a hash with one value of some hundred bytes. Kept as a listpack it needs a third less memory.
    'hash-max-listpack-value': 2048,
  };
  // Redis reads a value in double quotes with the escapes of JSON strings.
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${JSON.stringify(String(value))}\n`)
    .join('');
}

/** Whether a Redis with this password answers PING on the port. It does not while it is loading its data. */
function ping(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let answer = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => socket.end(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (data) => (answer += data.toString()));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(answer.startsWith('+OK\r\n+PONG')));
  });
}

/** Stops the Redis that a killed stack left running on this home. */
export async function stopLeftoverRedis(home: string): Promise<void> {
  const pid = Number(await readTextOrNull(pidFile(home)));
  if (!(pid > 0)) return;
  const port = /^port "(\d+)"$/m.exec((await readTextOrNull(configFile(home))) ?? '')?.[1] ?? '';
  // The id may by now belong to another program. Redis' command line shows its configuration file until it listens, then
  // `redis-server 127.0.0.1:<port>`.
  const isRunning = async (): Promise<boolean> => {
    const command = await commandLine(pid);
    const ours = command.includes(configFile(home)) || (port !== '' && command.includes(`127.0.0.1:${port}`));
    return ours && /redis|valkey/.test(command);
  };
  await stopProcess('Redis', pid, SIGNALS, isRunning);
  await rm(pidFile(home), { force: true });
}

/**
 * Starts the Redis of this home on a free port of 127.0.0.1, after stopping one that a killed stack left.
 * @throws Error that ends with the last lines of Redis' log, or says how to install Redis
 */
export async function startRedis(
  home: string,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<RunningStore> {
  const binary = await locateRedis(env);
  const data = join(home, 'redis');
  await mkdir(data, { recursive: true, mode: 0o700 });
  await stopLeftoverRedis(home);
  const start = (port: number): Child =>
    startStoreProcess({
      name: binary.title,
      command: binary.command,
      args: [configFile(home)],
      env: binary.env,
      cwd: data,
      account: undefined,
      logFile: join(home, 'redis.log'),
      signals: SIGNALS,
      isReady: () => ping(port, password),
    });
  const { port, child } = await startOnFreePort(async (candidate) => {
    await writePrivate(configFile(home), configuration(home, candidate, password));
    return start(candidate);
  });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { name: binary.title, url, port, child, restart: () => start(port) };
}
