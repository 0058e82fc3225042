import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readTextOrNull, writePrivate } from './files';
import { holderOf } from './home-lock';

/** How to reach the running local stack; the token has every scope. */
export interface DevFile {
  url: string;
  database_url: string;
  redis_url: string;
  token: string;
  webhook_secret: string;
}

const devFile = (home: string): string => join(home, 'dev.json');

/** The folder of the local stack's data: `CONV_HOME`, else `.conv` in the working folder. Always absolute. */
export function homeFolder(env: NodeJS.ProcessEnv, cwd: string): string {
  const given = env['CONV_HOME']?.trim() ?? '';
  return resolve(cwd, given === '' ? '.conv' : given);
}

/** What the running stack of this home wrote; null where none is running, whatever file a dead one left. */
export async function readDevFile(home: string): Promise<DevFile | null> {
  const text = await readTextOrNull(devFile(home));
  if (text === null || (await holderOf(home)) === null) return null;
  try {
    return JSON.parse(text) as DevFile;
  } catch (error) {
    throw new Error(`${devFile(home)} is not readable as JSON: stop the local stack and start it again`, {
      cause: error,
    });
  }
}

/** Writes `<home>/dev.json`, for its owner only (0600), at once. */
export async function writeDevFile(home: string, content: DevFile): Promise<void> {
  await writePrivate(devFile(home), `${JSON.stringify(content, null, 2)}\n`);
}

/** Removes `<home>/dev.json`, if it is there. */
export async function removeDevFile(home: string): Promise<void> {
  await rm(devFile(home), { force: true });
}
