import { createHash } from 'node:crypto';
import { existsSync, lstatSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import { chmod, chown, mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { lastLines, readTextOrNull } from './files';
import { type Account, commandLine, isPidInUse, run, stopProcess } from './processes';

/** Where PostgreSQL's data is kept if its account cannot enter the home. */
const SHARED = '/var/lib/conv';

async function findAccount(user: string, env: NodeJS.ProcessEnv): Promise<Account | null> {
  const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user], { env })));
  const [uid, gid] = ids.map(({ code, output }) => (code === 0 ? Number(output) : 0));
  return uid && gid ? { uid, gid } : null;
}

/**
 * Returns the account that PostgreSQL runs as. PostgreSQL refuses to run as root, so for root this is the owner of
 * existing data, the user `postgres`, or `nobody`; for anyone else it is undefined, which means our own.
 * @throws Error if the data belongs to another user, or if root finds none of these users
 */
export async function chooseAccount(home: string, env: NodeJS.ProcessEnv): Promise<Account | undefined> {
  const data = join(home, 'postgres');
  const owner = statSync(data, { throwIfNoEntry: false });
  const self = process.getuid?.() ?? -1;
  if (self !== 0) {
    if (owner === undefined || owner.uid === self) return undefined;
    throw new Error(
      `${data} belongs to user ${owner.uid}: run conv as that user, or set CONV_HOME to another folder`,
    );
  }
  if (owner !== undefined && owner.uid !== 0) return { uid: owner.uid, gid: owner.gid };
  const account = (await findAccount('postgres', env)) ?? (await findAccount('nobody', env));
  if (account !== null) return account;
  throw new Error(
    'PostgreSQL cannot run as root, and there is no user postgres or nobody: run conv as another user',
  );
}

function sharedFolder(home: string): string {
  const hash = createHash('sha256').update(realpathSync(home)).digest('hex');
  return join(SHARED, hash.slice(0, 16));
}

function linkTarget(path: string): string | null {
  return lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ? readlinkSync(path) : null;
}

/** Returns the folder outside the home that holds its data, or null if the data is inside the home. */
export function dataOutsideHome(home: string): string | null {
  const target = linkTarget(join(home, 'postgres'));
  return target === sharedFolder(home) ? target : null;
}

/**
 * Returns the data folder, by a path that the account can enter: `<home>/postgres`, or what that links to.
 * @throws Error if the link belongs to another home, because using that home's data would stop its server
 */
export async function dataFolder(
  home: string,
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const data = join(home, 'postgres');
  const target = linkTarget(data);
  const shared = sharedFolder(home);
  if (target !== null) {
    if (target === shared) return shared;
    throw new Error(
      `${data} links to ${target}, the data of another home: remove the link to start with new data`,
    );
  }
  // Permissions have many sources, so try it.
  const canEnter = async (): Promise<boolean> =>
    (await run('/bin/sh', ['-c', 'cd "$1"', 'sh', home], { env, account })).code === 0;
  if (account === undefined || (await canEnter())) return data;
  await mkdir(SHARED, { recursive: true });
  await chmod(SHARED, 0o755);
  if (existsSync(data)) {
    // The account could enter the home before. `mv` also works between file systems.
    const { code, output } = await run('mv', [data, shared], { env });
    if (code !== 0) throw new Error(`could not move ${data} to ${shared}: ${output}`);
  }
  await symlink(shared, data);
  return shared;
}

/** Stops a server that a killed stack left running on this data. */
export async function stopLeftoverPostgres(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const pid = Number((await readTextOrNull(pidFile))?.split('\n')[0]);
  if (!(pid > 0)) return;
  const isRunning = async (): Promise<boolean> => {
    const command = await commandLine(pid);
    return command.includes('postgres') && command.includes(data);
  };
  await stopProcess('PostgreSQL', pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], isRunning);
  // PostgreSQL refuses to start if any process has the id in this file.
  if (isPidInUse(pid)) await rm(pidFile, { force: true });
}

export interface Cluster {
  /** The folder with `bin`, `lib` and `share`. */
  postgres: string;
  data: string;
  password: string;
  account: Account | undefined;
  env: NodeJS.ProcessEnv;
}

/** Creates an empty database cluster at `data` if there is none. An interrupted call leaves no half-made cluster there. */
export async function createCluster({ postgres, data, password, account, env }: Cluster): Promise<void> {
  if (existsSync(join(data, 'PG_VERSION'))) return;
  const draft = `${data}.new`;
  const passwordFile = join(draft, 'password');
  await rm(draft, { recursive: true, force: true }); // From an interrupted call: the home is locked, so nobody uses it.
  await mkdir(draft, { mode: 0o700 });
  await writeFile(passwordFile, password, { mode: 0o600 });
  if (account !== undefined)
    for (const path of [draft, passwordFile]) await chown(path, account.uid, account.gid);
  // The built-in locale is the same on every system; C.UTF-8 of the system is missing on some.
  const locale = ['--locale=C', '--locale-provider=builtin', '--builtin-locale=C.UTF-8'];
  const access = ['-U', 'conv', '-A', 'scram-sha-256', `--pwfile=${passwordFile}`];
  const args = ['-D', join(draft, 'data'), '-E', 'UTF8', ...locale, ...access];
  const { code, output } = await run(join(postgres, 'bin', 'initdb'), args, { env, account });
  if (code !== 0) throw new Error(`initdb could not create PostgreSQL's data:\n${lastLines(output, 8)}`);
  await rename(join(draft, 'data'), data);
  await rm(draft, { recursive: true });
}
