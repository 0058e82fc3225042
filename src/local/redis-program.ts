import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { run } from './processes';
import { type RedisProgram, unpackedRedis, unpackRedis } from './redis-package';

const NAMES = ['redis-server', 'valkey-server'];
/** Servers lie here even where PATH, as a service's or an editor's, does not say so. */
const USUAL_FOLDERS = ['/usr/local/bin', '/usr/bin', '/usr/sbin', '/opt/homebrew/bin'];

export interface FoundRedis extends RedisProgram {
  /** Name and version: `Redis 7.0.15`, `Valkey 8.1.1`. */
  title: string;
}

function installedPrograms(env: NodeJS.ProcessEnv): RedisProgram[] {
  const folders = [
    ...(env['PATH'] ?? '').split(':').filter((folder) => folder.startsWith('/')),
    ...USUAL_FOLDERS,
  ];
  const paths = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return paths.filter((path) => existsSync(path)).map((command) => ({ command, env }));
}

/** The first program that runs here. */
async function firstThatRuns(programs: RedisProgram[]): Promise<FoundRedis | null> {
  for (const program of programs) {
    const { code, output } = await run(program.command, ['--version'], { env: program.env });
    const [, name = 'Redis', version] = /^(\w+) server v=([\d.]+)/.exec(output) ?? [];
    if (code === 0 && version !== undefined) return { ...program, title: `${name} ${version}` };
  }
  return null;
}

async function installCommand(env: NodeJS.ProcessEnv): Promise<string> {
  if (process.platform === 'darwin') return '"brew install redis"';
  const ways = {
    'apt-get': '"sudo apt-get install redis-server"',
    dnf: '"sudo dnf install redis"',
    apk: '"sudo apk add redis"',
  };
  for (const [program, command] of Object.entries(ways)) {
    if ((await run(program, ['--version'], { env })).code === 0) return command;
  }
  return "your system's package redis or valkey";
}

/**
 * A Redis or Valkey server that runs here: an installed one, else one unpacked before, else (on Debian and Ubuntu)
 * the distribution's package, unpacked now into the cache.
 * @throws Error that names the command which installs one on this platform
 */
export async function findRedis(env: NodeJS.ProcessEnv): Promise<FoundRedis> {
  const found =
    (await firstThatRuns(installedPrograms(env))) ?? (await firstThatRuns(await unpackedRedis(env)));
  if (found !== null) return found;
  const hasApt = process.platform === 'linux' && (await run('apt-get', ['--version'], { env })).code === 0;
  const fault = hasApt ? await unpackRedis(env) : null;
  const unpacked = hasApt && fault === null ? await firstThatRuns(await unpackedRedis(env)) : null;
  if (unpacked !== null) return unpacked;
  const tried = fault === null ? '' : ` (unpacking the distribution's package failed: ${fault})`;
  throw new Error(
    `no Redis here: install one with ${await installCommand(env)}, or set REDIS_URL to one of your own${tried}`,
  );
}
