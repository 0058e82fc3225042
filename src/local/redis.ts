import { mkdir, rm } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { readTextOrNull, writePrivate } from './files';
import type { Life } from './life';
import { commandOf, endProcess } from './processes';
import { type FoundRedis, findRedis } from './redis-program';
import { shortenLog } from './store-log';
import { launchOnFreePort, launchStore, type RunningStore } from './store-process';

const SIGNALS: readonly NodeJS.Signals[] = ['SIGTERM', 'SIGKILL'];

const configFile = (home: string): string => join(home, 'redis.conf');
const pidFile = (home: string): string => join(home, 'redis.pid');

/**
 * Every acknowledged command is on disk (`always`), and none is thrown out for want of memory. A job is a hash with one value
 * of some hundred bytes; kept as a list it takes a third less memory.
 */
function configOf(home: string, port: number, password: string): string {
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
    'hash-max-listpack-value': 2048,
  };
  // Redis reads a value in double quotes with the escapes of JSON strings.
  return Object.entries(settings)
    .map(([name, value]) => `${name} ${JSON.stringify(String(value))}\n`)
    .join('');
}

/** Whether a Redis with this password answers PING there; not while it still loads its data. */
function answers(port: number, password: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port });
    let said = '';
    socket.setTimeout(1_000, () => socket.destroy());
    socket.once('connect', () => socket.end(`AUTH ${password}\r\nPING\r\n`));
    socket.on('data', (data) => (said += data.toString()));
    socket.once('error', () => resolve(false));
    socket.once('close', () => resolve(said.startsWith('+OK\r\n+PONG')));
  });
}

/**
 * Stops the Redis that a killed stack left on this home. Its pid file alone is no proof: a Redis shows in the list
 * of processes as `redis-server 127.0.0.1:<port>`, with its configuration file instead until it listens.
 */
export async function stopLeftOverRedis(home: string): Promise<void> {
  const pid = Number(await readTextOrNull(pidFile(home)));
  if (!(pid > 0)) return;
  const port = /^port "(\d+)"$/m.exec((await readTextOrNull(configFile(home))) ?? '')?.[1] ?? '';
  const isIt = async (): Promise<boolean> => {
    const command = await commandOf(pid);
    const ours = command.includes(configFile(home)) || (port !== '' && command.includes(`127.0.0.1:${port}`));
    return ours && /redis|valkey/.test(command);
  };
  if (!(await endProcess(pid, SIGNALS, isIt)))
    throw new Error(`Redis (process ${pid}) still runs on ${home} and cannot be stopped: end it by hand`);
  await rm(pidFile(home), { force: true });
}

function launchRedis(program: FoundRedis, home: string, port: number, password: string): Life {
  return launchStore({
    name: program.title,
    command: program.command,
    args: [configFile(home)],
    env: program.env,
    cwd: join(home, 'redis'),
    account: undefined,
    logFile: join(home, 'redis.log'),
    signals: SIGNALS,
    serves: () => answers(port, password),
  });
}

/**
 * Starts the Redis of this home on a free port of 127.0.0.1, whatever a killed stack left behind.
 * @throws Error that ends with Redis' own last words where it does not start, or says how to install one
 */
export async function startRedis(
  home: string,
  password: string,
  env: NodeJS.ProcessEnv,
): Promise<RunningStore> {
  const program = await findRedis(env);
  await mkdir(join(home, 'redis'), { recursive: true, mode: 0o700 });
  await stopLeftOverRedis(home);
  await shortenLog(join(home, 'redis.log'));
  const launch = (port: number): Life => launchRedis(program, home, port, password);
  const { port, life } = await launchOnFreePort(async (candidate) => {
    await writePrivate(configFile(home), configOf(home, candidate, password));
    return launch(candidate);
  });
  const url = `redis://:${password}@127.0.0.1:${port}`;
  return { name: program.title, url, port, life, launch: () => launch(port) };
}
