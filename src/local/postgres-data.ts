import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import {
  chmod,
  chown,
  lstat,
  mkdir,
  readdir,
  readlink,
  realpath,
  rename,
  rm,
  symlink,
  writeFile,
} from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { errorCode } from '../lib/errors';
import { lastLines, readTextOrNull, temporaryBeside } from './files';
import { canEnter } from './postgres-account';
import { type Account, commandOf, endProcess, pidInUse, run } from './processes';

const SHARED = '/var/lib/conv';

/** Where the data of a home lies that PostgreSQL's account cannot enter. */
async function sharedFolder(home: string): Promise<string> {
  const hash = createHash('sha256')
    .update(await realpath(home))
    .digest('hex');
  return join(SHARED, hash.slice(0, 16));
}

async function linkTarget(path: string): Promise<string | null> {
  try {
    return (await lstat(path)).isSymbolicLink() ? await readlink(path) : null;
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return null;
    throw error;
  }
}

/** The folder outside the home where its data lies, or null where it lies inside. */
export async function dataElsewhere(home: string): Promise<string | null> {
  const target = await linkTarget(join(home, 'postgres'));
  return target !== null && target === (await sharedFolder(home)) ? target : null;
}

/**
 * The folder for the data, by a path that the account can walk: `<home>/postgres`, or what that links to.
 * @throws Error where the link was made for another home: using that home's data would stop its server
 */
export async function dataFolder(
  home: string,
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
): Promise<string> {
  const own = join(home, 'postgres');
  const target = await linkTarget(own);
  const shared = await sharedFolder(home);
  if (target !== null) {
    if (target === shared) return shared;
    throw new Error(
      `${own} links to ${target}, the data of another home: remove the link to begin with new data`,
    );
  }
  if (account === undefined || (await canEnter(account, home, env))) return own;
  await mkdir(SHARED, { recursive: true });
  await chmod(SHARED, 0o755);
  if (existsSync(own)) await moveFolder(own, shared, env);
  await symlink(shared, own);
  return shared;
}

/** Moves data that the account could once enter; `mv` copies where the two are on different disks. */
async function moveFolder(from: string, to: string, env: NodeJS.ProcessEnv): Promise<void> {
  const { code, output } = await run('mv', [from, to], { env });
  if (code !== 0) throw new Error(`could not move ${from} to ${to}: ${output}`);
}

/** Stops a server that a killed stack left on this data, and clears a pid file whose id is another program's now. */
export async function stopLeftOverPostgres(data: string): Promise<void> {
  const pidFile = join(data, 'postmaster.pid');
  const pid = Number((await readTextOrNull(pidFile))?.split('\n')[0]);
  if (!(pid > 0)) return;
  const isIt = async (): Promise<boolean> => {
    const command = await commandOf(pid);
    return command.includes('postgres') && command.includes(data);
  };
  if (!(await endProcess(pid, ['SIGINT', 'SIGQUIT', 'SIGKILL'], isIt)))
    throw new Error(
      `PostgreSQL (process ${pid}) still runs on ${data} and cannot be stopped: end it by hand`,
    );
  // PostgreSQL itself only asks whether the id is in use, and would refuse to start.
  if (pidInUse(pid)) await rm(pidFile, { force: true });
}

async function removeDrafts(data: string): Promise<void> {
  const names = await readdir(dirname(data));
  const drafts = names.filter((name) => name.startsWith(`${basename(data)}.new-`));
  await Promise.all(drafts.map((name) => rm(join(dirname(data), name), { recursive: true, force: true })));
}

export interface Cluster {
  programs: string;
  data: string;
  password: string;
  account: Account | undefined;
  env: NodeJS.ProcessEnv;
}

/** Makes an empty cluster at `data` unless there is one. A half-made one is never seen: one rename puts it there. */
export async function createCluster(cluster: Cluster): Promise<void> {
  const { programs, data, password, account, env } = cluster;
  if (existsSync(join(data, 'PG_VERSION'))) return;
  await removeDrafts(data);
  const draft = temporaryBeside(data);
  const passwordFile = join(draft, 'password');
  try {
    await mkdir(draft, { mode: 0o700 });
    await writeFile(passwordFile, password, { mode: 0o600 });
    if (account !== undefined)
      await Promise.all([draft, passwordFile].map((p) => chown(p, account.uid, account.gid)));
    await initdb(join(programs, 'bin', 'initdb'), join(draft, 'data'), passwordFile, account, env);
    await rename(join(draft, 'data'), data);
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
}

async function initdb(
  program: string,
  data: string,
  passwordFile: string,
  account: Account | undefined,
  env: NodeJS.ProcessEnv,
): Promise<void> {
  const args = ['-D', data, '-U', 'conv', '-A', 'scram-sha-256', '-E', 'UTF8', `--pwfile=${passwordFile}`];
  let said = '';
  // Not every system has C.UTF-8 (macOS before 15, some slim images).
  for (const locale of ['C.UTF-8', 'C']) {
    const { code, output } = await run(program, [...args, `--locale=${locale}`], { env, account });
    if (code === 0) return;
    said = lastLines(output, 8);
    if (!/locale name/i.test(output)) break;
  }
  throw new Error(`initdb could not make PostgreSQL's data in ${data}:\n${said}`);
}
