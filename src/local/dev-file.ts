import { rm } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { readTextOrNull, writePrivate } from './files';
import { lockHolder } from './home-lock';

/** How to reach the running local stack. The token has every scope. */
export interface DevFile {
  url: string;
  database_url: string;
  redis_url: string;
  token: string;
  webhook_secret: string;
}

const devFile = (home: string): string => join(home, 'dev.json');

/** Returns the absolute path of the local stack's data: `CONV_HOME`, or `.conv` in the working directory. */
export function homeFolder(env: NodeJS.ProcessEnv, cwd: string): string {
  return resolve(cwd, env['CONV_HOME']?.trim() || '.conv');
}

/** Returns how to reach the stack that is running on this home, or null if none is. Ignores the file of a killed stack. */
export async function readDevFile(home: string): Promise<DevFile | null> {
  const text = await readTextOrNull(devFile(home));
  if (text === null || (await lockHolder(home)) === null) return null;
  try {
    return JSON.parse(text) as DevFile;
  } catch (error) {
    throw new Error(`${devFile(home)} is not valid JSON: stop the local stack and start it again`, {
      cause: error,
    });
  }
}

/** Writes `<home>/dev.json`, readable only by its owner (0600). */
export async function writeDevFile(home: string, content: DevFile): Promise<void> {
  await writePrivate(devFile(home), `${JSON.stringify(content, null, 2)}\n`);
}

/** Removes `<home>/dev.json` if it exists. */
export async function removeDevFile(home: string): Promise<void> {
  await rm(devFile(home), { force: true });
}
