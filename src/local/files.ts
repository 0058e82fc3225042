import { randomUUID } from 'node:crypto';
import { readFile, rename, writeFile } from 'node:fs/promises';
import { errorCode } from '../lib/errors';

/** A file's text, or null where there is no such file; ESRCH is how a file under /proc goes with its process. */
export async function readTextOrNull(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (['ENOENT', 'ESRCH'].includes(errorCode(error) ?? '')) return null;
    throw error;
  }
}

/** A name beside `path` that no other process uses, for work that one rename then makes visible. */
export function temporaryBeside(path: string): string {
  return `${path}.new-${process.pid}-${randomUUID().slice(0, 8)}`;
}

/** Writes a file that only its owner may read (0600), whole or not at all. */
export async function writePrivate(path: string, text: string): Promise<void> {
  const draft = temporaryBeside(path);
  await writeFile(draft, text, { mode: 0o600 });
  await rename(draft, path);
}

/** The text's last lines that say something, for an error's message. */
export function lastLines(text: string, count: number): string {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  return lines.slice(-count).join('\n');
}
