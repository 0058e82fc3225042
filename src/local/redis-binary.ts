import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes';
import { type RedisProgram, SERVERS, unpackedServers, unpackRedis } from './redis-apt';

/** Searched after PATH, because the PATH of services and editors is often short. */
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

const INSTALL_COMMANDS = {
  'apt-get': '"sudo apt-get install redis-server"',
  dnf: '"sudo dnf install valkey"',
  apk: '"sudo apk add redis"',
};

export interface RedisBinary extends RedisProgram {
  /** Name and version, such as `Redis 7.0.15` or `Valkey 8.1.1`. */
  title: string;
}

function installedServers(env: NodeJS.ProcessEnv): RedisProgram[] {
  const path = (env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/'));
  return SERVERS.flatMap((name) => [...path, ...USUAL_FOLDERS].map((folder) => join(folder, name)))
    .filter((command) => existsSync(command))
    .map((command) => ({ command, env }));
}

/** Returns the first of these programs that runs on this machine. */
async function firstWorking(programs: RedisProgram[]): Promise<RedisBinary | null> {
  for (const program of programs) {
    const { code, output } = await run(program.command, ['--version'], { env: program.env });
    const [, name = 'Redis', version] = /^(\w+) server v=([\d.]+)/.exec(output) ?? [];
    if (code === 0 && version !== undefined) return { ...program, title: `${name} ${version}` };
  }
  return null;
}

async function installCommand(env: NodeJS.ProcessEnv): Promise<string> {
  if (process.platform === 'darwin') return '"brew install redis"';
  for (const [manager, command] of Object.entries(INSTALL_COMMANDS))
    if ((await run(manager, ['--version'], { env })).code === 0) return command;
  return "your system's package redis or valkey";
}

/**
 * Returns a Redis or Valkey server that runs on this machine: an installed one, one unpacked earlier, or, on Debian and
 * Ubuntu, the distribution's package, which is unpacked now.
 * @throws Error that says how to install one
 */
export async function locateRedis(env: NodeJS.ProcessEnv): Promise<RedisBinary> {
  const found =
    (await firstWorking(installedServers(env))) ?? (await firstWorking(await unpackedServers(env)));
  if (found !== null) return found;
  const command = await installCommand(env);
  let failure = '';
  if (command === INSTALL_COMMANDS['apt-get']) {
    const reason = await unpackRedis(env);
    const unpacked = await firstWorking(await unpackedServers(env));
    if (unpacked !== null) return unpacked;
    failure = ` (unpacking the distribution's package failed: ${reason ?? 'it does not run on this machine'})`;
  }
  throw new Error(
    `Redis is not installed: install it with ${command}, or set REDIS_URL to a Redis of your own${failure}`,
  );
}
