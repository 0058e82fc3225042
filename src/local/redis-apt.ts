import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../lib/errors';
import { cacheFolder, readTextOrNull } from './files';
import { run } from './processes';

/** Packages and programs have the same names. */
export const SERVERS = ['redis-server', 'valkey-server'];

export interface RedisProgram {
  command: string;
  env: NodeJS.ProcessEnv;
}

/** Where the package is unpacked, by release of the operating system: machines with different ones may share a home directory. */
async function unpackedFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const release = (await readTextOrNull('/etc/os-release')) ?? '';
  const id = /^ID="?([\w.-]+)/m.exec(release)?.[1] ?? 'unknown';
  const version = /^VERSION_ID="?([\w.-]+)/m.exec(release)?.[1] ?? 'unknown';
  return join(cacheFolder(env), 'redis', `${id}-${version}-${process.arch}`);
}

/** Returns the servers that an earlier call of `unpackRedis` has unpacked, with the libraries that came with them. */
export async function unpackedServers(env: NodeJS.ProcessEnv): Promise<RedisProgram[]> {
  const root = await unpackedFolder(env);
  const triplet = process.arch === 'arm64' ? 'aarch64-linux-gnu' : 'x86_64-linux-gnu';
  const libraries = [`usr/lib/${triplet}`, `lib/${triplet}`, 'usr/lib', 'lib'].map((path) =>
    join(root, path),
  );
  const commands = SERVERS.map((name) => join(root, 'usr', 'bin', name));
  return commands
    .filter((command) => existsSync(command))
    .map((command) => ({ command, env: { ...env, LD_LIBRARY_PATH: libraries.join(':') } }));
}

/** Makes apt-get write only under `work`, take no lock, and need no root. */
function aptOptions(work: string, ownLists: boolean): string[] {
  const settings = {
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': 'root',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'Dir::Cache': join(work, 'cache'),
    'Dir::Cache::archives': join(work, 'archives'),
    ...(ownLists && { 'Dir::State::lists': join(work, 'lists') }),
  };
  return ['-qq', ...Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
}

/** Downloads a package and the dependencies that the system lacks, and unpacks them. Returns whether that worked. */
async function download(
  work: string,
  name: string,
  options: string[],
  env: NodeJS.ProcessEnv,
): Promise<boolean> {
  const flags = ['-y', '--no-install-recommends', '--download-only', '--reinstall'];
  const { code } = await run('apt-get', [...options, ...flags, 'install', name], { env });
  if (code !== 0) return false;
  const archives = join(work, 'archives');
  for (const file of (await readdir(archives)).filter((entry) => entry.endsWith('.deb'))) {
    const unpacked = await run('dpkg', ['-x', join(archives, file), join(work, 'root')], { env });
    if (unpacked.code !== 0) return false;
  }
  return existsSync(join(work, 'root', 'usr', 'bin', name));
}

/** Returns null, or why no package could be downloaded. */
async function downloadAny(work: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  for (const folder of ['cache', 'archives/partial', 'lists/partial'])
    await mkdir(join(work, folder), { recursive: true });
  let failure = `apt-get has no package ${SERVERS.join(' or ')}`;
  // The system's package lists may be missing or outdated, as in many container images: then fetch lists of our own.
  for (const ownLists of [false, true]) {
    const options = aptOptions(work, ownLists);
    if (ownLists) {
      // One failing source among several does not matter, so only the download decides.
      const { output } = await run('apt-get', [...options, 'update'], { env });
      failure = output.split('\n').find((line) => /^[WE]: /.test(line)) ?? failure;
    }
    for (const name of SERVERS) if (await download(work, name, options, env)) return null;
  }
  return failure;
}

/**
 * Unpacks the distribution's Redis or Valkey into the cache folder. This installs nothing and needs no root. Several
 * processes can do so at the same time.
 * @returns null, or why it failed
 */
export async function unpackRedis(env: NodeJS.ProcessEnv): Promise<string | null> {
  const target = await unpackedFolder(env);
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), '.new-'));
  try {
    const failure = await downloadAny(work, env);
    if (failure !== null) return failure;
    // Replaces a copy that does not run, but not one that another process has just unpacked.
    if ((await unpackedServers(env)).length === 0) await rm(target, { recursive: true, force: true });
    await rename(join(work, 'root'), target);
    return null;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) return null;
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
