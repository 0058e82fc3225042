import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { errorCode } from '../lib/errors';

/** Returns a file's text, or null if there is no such file. ESRCH: a file under /proc whose process has just ended. */
export async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

/** Returns an unused name beside `path`: write there and rename, so that nobody sees a half-written `path`. */
export function draftPath(path: string): string {
  return `${path}.new-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Writes a file that only its owner can read (0600), completely or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const draft = draftPath(path);
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

/** Returns the text's last non-blank lines, for an error message. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}

function xdgFolder(env: NodeJS.ProcessEnv, setting: string, inHome: string): string {
  const xdg = env[setting] ?? '';
  // The XDG specification says to ignore a relative path.
  if (xdg.startsWith('/')) return join(xdg, 'conv');
  return join(env['HOME'] || homedir(), inHome, 'conv');
}

/** Returns the folder for files that can be made again: `$XDG_CACHE_HOME/conv` or `~/.cache/conv`. */
export function cacheFolder(env: NodeJS.ProcessEnv): string {
  return xdgFolder(env, 'XDG_CACHE_HOME', '.cache');
}

/** Returns the folder for a user's settings: `$XDG_CONFIG_HOME/conv` or `~/.config/conv`. */
export function configFolder(env: NodeJS.ProcessEnv): string {
  return xdgFolder(env, 'XDG_CONFIG_HOME', '.config');
}
