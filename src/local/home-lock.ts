import { access, constants, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConvError, errorCode } from '../lib/errors';
import { draftPath, readTextOrNull } from './files';
import { startTime } from './processes';

/** Holds `<pid> <start time>`: a process id alone may by now belong to another program. */
const lockFile = (home: string): string => join(home, 'dev.pid');

async function parseHolder(text: string | null): Promise<number | null> {
  const [, pid, started] = /^(\d+) (.+)$/.exec(text?.trim() ?? '') ?? [];
  return started !== undefined && (await startTime(Number(pid))) === started ? Number(pid) : null;
}

/** Returns the id of the running process that holds the lock on this home, or null. */
export async function lockHolder(home: string): Promise<number | null> {
  return parseHolder(await readTextOrNull(lockFile(home)));
}

/** Puts the lock file in place. Returns false if there is one already; of several processes only one can succeed. */
async function tryLock(home: string, draft: string): Promise<boolean> {
  try {
    await link(draft, lockFile(home));
    return true;
  } catch (error) {
    if (errorCode(error) === 'EEXIST') return false;
    throw error;
  }
}

/** Removes the lock file of a process that has ended. Another process may just have replaced it by its own: that goes back. */
async function removeStaleLock(home: string): Promise<void> {
  const removed = draftPath(lockFile(home));
  try {
    await rename(lockFile(home), removed);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await parseHolder(await readTextOrNull(removed))) !== null) await rename(removed, lockFile(home));
  else await rm(removed, { force: true });
}

/** @throws ConvError CONFLICT with the URL of the stack that is running on this home, if one is */
export async function refuseIfLocked(home: string): Promise<void> {
  const holder = await lockHolder(home);
  if (holder === null) return;
  const dev = JSON.parse((await readTextOrNull(join(home, 'dev.json'))) ?? '{}') as { url?: string };
  const address = dev.url === undefined ? '' : ` at ${dev.url}`;
  throw new ConvError(
    'CONFLICT',
    `conv is already running${address} (process ${holder}) with its data in ${home}: ` +
      'stop it first, or set CONV_HOME to another folder',
  );
}

async function createHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    throw new Error(`cannot write to ${home} (${code}): set CONV_HOME to a folder that you can write to`, {
      cause: error,
    });
  }
}

/**
 * Creates the home if necessary and locks it for this process: two stacks on one home would stop each other's stores.
 * @returns a function that releases the lock
 * @throws ConvError CONFLICT with the URL of the running stack
 */
export async function lockHome(home: string): Promise<() => Promise<void>> {
  await createHome(home);
  const draft = draftPath(lockFile(home));
  await writeFile(draft, `${process.pid} ${await startTime(process.pid)}\n`, { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 5; attempt += 1) {
      if (await tryLock(home, draft)) return () => rm(lockFile(home), { force: true });
      await refuseIfLocked(home);
      await removeStaleLock(home);
    }
  } finally {
    await rm(draft, { force: true });
  }
  throw new Error(`could not lock ${home}: remove ${lockFile(home)} and try again`);
}
