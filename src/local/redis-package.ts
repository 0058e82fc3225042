import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../lib/errors';
import { cacheFolder } from './cache';
import { lastLines, readTextOrNull } from './files';
import { run } from './processes';

const PACKAGES = ['redis-server', 'valkey-server'];

/** Where this distribution's package is unpacked; a home folder may be shared by machines with different ones. */
async function unpackedFolder(env: NodeJS.ProcessEnv): Promise<string> {
  const release = (await readTextOrNull('/etc/os-release')) ?? '';
  const field = (name: string): string =>
    new RegExp(`^${name}="?([\\w.-]+)`, 'm').exec(release)?.[1] ?? 'unknown';
  return join(cacheFolder(env), 'redis', `${field('ID')}-${field('VERSION_ID')}-${process.arch}`);
}

/** Settings that make apt-get keep all that it writes under `work`, take no lock, and need no root. */
function aptOptions(work: string, lists: string | null): string[] {
  const settings = {
    'Debug::NoLocking': '1',
    'APT::Sandbox::User': 'root',
    'Acquire::http::Timeout': '20',
    'Acquire::https::Timeout': '20',
    'Dir::Cache': join(work, 'cache'),
    'Dir::Cache::archives': join(work, 'archives'),
    ...(lists === null ? {} : { 'Dir::State::lists': lists }),
  };
  return Object.entries(settings).flatMap(([name, value]) => ['-o', `${name}=${value}`]);
}

/** Downloads the package with what it needs and the system lacks; returns what apt-get said where it could not. */
async function download(
  work: string,
  name: string,
  lists: string | null,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const flags = ['-y', '-qq', '--no-install-recommends', '--download-only', '--reinstall'];
  const { code, output } = await run('apt-get', [...aptOptions(work, lists), ...flags, 'install', name], {
    env,
  });
  if (code !== 0) return lastLines(output, 3);
  const debs = (await readdir(join(work, 'archives'))).filter((file) => file.endsWith('.deb'));
  for (const deb of debs) {
    const unpacked = await run('dpkg', ['-x', join(work, 'archives', deb), join(work, 'root')], { env });
    if (unpacked.code !== 0) return lastLines(unpacked.output, 3);
  }
  return existsSync(join(work, 'root', 'usr', 'bin', name)) ? null : `${name} holds no program of this name`;
}

/** First with the system's lists of packages, then with fresh ones of our own: images often come without, or with old ones. */
async function downloadAny(work: string, env: NodeJS.ProcessEnv): Promise<string | null> {
  const lists = join(work, 'lists');
  await Promise.all(
    [join(work, 'cache'), join(work, 'archives', 'partial'), join(lists, 'partial')].map((folder) =>
      mkdir(folder, { recursive: true }),
    ),
  );
  let fault = `apt-get offers none of ${PACKAGES.join(', ')}`;
  for (const source of [null, lists]) {
    // Some of several sources may fail and the needed one be there, so the installation decides, not the update.
    if (source !== null) {
      const { output } = await run('apt-get', [...aptOptions(work, source), '-qq', 'update'], { env });
      fault = output.split('\n').find((line) => /^[WE]: /.test(line)) ?? fault;
    }
    for (const name of PACKAGES) if ((await download(work, name, source, env)) === null) return null;
  }
  return fault;
}

export interface RedisProgram {
  command: string;
  env: NodeJS.ProcessEnv;
}

/** The programs of an unpacked package, with the libraries beside them. */
async function programsIn(root: string, env: NodeJS.ProcessEnv): Promise<RedisProgram[]> {
  if (!existsSync(root)) return [];
  const parents = ['usr/lib', 'lib']
    .map((folder) => join(root, folder))
    .filter((folder) => existsSync(folder));
  const libraries = await Promise.all(
    parents.map(async (parent) => [parent, ...(await readdir(parent)).map((name) => join(parent, name))]),
  );
  const path = libraries.flat().filter((folder) => folder.endsWith('/lib') || folder.includes('-linux-gnu'));
  const own = { ...env, LD_LIBRARY_PATH: path.join(':') };
  return PACKAGES.map((name) => ({ command: join(root, 'usr', 'bin', name), env: own })).filter((program) =>
    existsSync(program.command),
  );
}

/** The programs that an earlier call unpacked; none where nothing was. */
export async function unpackedRedis(env: NodeJS.ProcessEnv): Promise<RedisProgram[]> {
  return programsIn(await unpackedFolder(env), env);
}

/**
 * Unpacks the distribution's Redis (or Valkey) into the cache: nothing is installed, no root is needed, and one rename
 * makes it visible, so that two processes may do it at once.
 * @returns what went wrong, or null
 */
export async function unpackRedis(env: NodeJS.ProcessEnv): Promise<string | null> {
  const target = await unpackedFolder(env);
  await mkdir(dirname(target), { recursive: true });
  const work = await mkdtemp(join(dirname(target), '.new-'));
  try {
    const fault = await downloadAny(work, env);
    if (fault !== null) return fault;
    // What is there has not run, or we would not be here; a process at the same work may have put a good one there.
    if ((await unpackedRedis(env)).length === 0) await rm(target, { recursive: true, force: true });
    await rename(join(work, 'root'), target);
    return null;
  } catch (error) {
    if (['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) return null;
    throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}
