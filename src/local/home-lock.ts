import { access, constants, link, mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ConvError, errorCode } from '../lib/errors';
import { readTextOrNull, temporaryBeside } from './files';
import { beginOf } from './processes';

const lockFile = (home: string): string => join(home, 'dev.pid');

/** The process that holds the home, or null. The id alone says nothing: it may be another program's by now. */
export async function holderOf(home: string): Promise<number | null> {
  return holderIn(await readTextOrNull(lockFile(home)));
}

async function holderIn(text: string | null): Promise<number | null> {
  const [pid = '', begin = ''] = (text ?? '').trim().split(' ');
  if (!/^[1-9]\d*$/.test(pid) || begin === '') return null;
  return (await beginOf(Number(pid))) === begin.replaceAll('_', ' ') ? Number(pid) : null;
}

/** Puts our lock file there unless one is there already: a link is made once, however many try. */
async function tryLock(home: string): Promise<boolean> {
  const path = lockFile(home);
  const draft = temporaryBeside(path);
  const begin = (await beginOf(process.pid)).replaceAll(' ', '_');
  await writeFile(draft, `${process.pid} ${begin}\n`, { mode: 0o600 });
  try {
    await link(draft, path);
    return true;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return false;
  } finally {
    await rm(draft, { force: true });
  }
}

/** Takes a dead holder's file away. Moved aside first: should it be a live one's after all, it goes back. */
async function removeStaleLock(home: string): Promise<void> {
  const aside = temporaryBeside(lockFile(home));
  try {
    await rename(lockFile(home), aside);
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return;
    throw error;
  }
  if ((await holderIn(await readTextOrNull(aside))) !== null) await rename(aside, lockFile(home));
  else await rm(aside, { force: true });
}

async function urlAt(home: string): Promise<string> {
  const text = await readTextOrNull(join(home, 'dev.json'));
  const { url = '' } = JSON.parse(text ?? '{}') as { url?: string };
  return url === '' ? '' : ` at ${url}`;
}

/** @throws ConvError CONFLICT that names the url of the stack that runs on this home, if one does */
export async function refuseIfHeld(home: string): Promise<void> {
  const holder = await holderOf(home);
  if (holder === null) return;
  throw new ConvError(
    'CONFLICT',
    `conv is already running${await urlAt(home)} (process ${holder}) with its data in ${home}: ` +
      'stop it first, or set CONV_HOME to another folder',
  );
}

async function makeHome(home: string): Promise<void> {
  try {
    await mkdir(home, { recursive: true });
    await access(home, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = errorCode(error) ?? 'unknown error';
    throw new Error(`cannot write to ${home} (${code}): set CONV_HOME to a folder that is yours`, {
      cause: error,
    });
  }
}

/**
 * Makes the home where it is missing, and takes it for this process; two stacks on the same data would stop each other's stores.
 * @returns what gives the home back
 * @throws ConvError CONFLICT that names the running stack's url
 */
export async function holdHome(home: string): Promise<() => Promise<void>> {
  await makeHome(home);
  for (let tries = 0; tries < 5; tries += 1) {
    if (await tryLock(home)) return () => rm(lockFile(home), { force: true });
    await refuseIfHeld(home);
    await removeStaleLock(home);
  }
  throw new Error(`could not take ${lockFile(home)}: remove this file and try again`);
}
