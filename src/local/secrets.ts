import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { readTextOrNull, writePrivate } from './files';

/** The stores' passwords: letters and digits only, so they need no quoting anywhere. */
export interface StoreSecrets {
  readonly postgres: string;
  readonly redis: string;
}

function parse(text: string, path: string): StoreSecrets {
  try {
    const { postgres, redis } = JSON.parse(text) as Partial<StoreSecrets>;
    if (typeof postgres === 'string' && typeof redis === 'string') return { postgres, redis };
  } catch (error) {
    throw new Error(`${path} is not JSON: remove the folder that it lies in, with all local data`, {
      cause: error,
    });
  }
  throw new Error(`${path} lacks a password: remove the folder that it lies in, with all local data`);
}

/** The passwords of this home's stores, made at the first call and kept in `<home>/secrets.json` (0600). */
export async function storeSecrets(home: string): Promise<StoreSecrets> {
  const path = join(home, 'secrets.json');
  const text = await readTextOrNull(path);
  if (text !== null) return parse(text, path);
  const secrets = { postgres: randomBytes(24).toString('hex'), redis: randomBytes(24).toString('hex') };
  await writePrivate(path, `${JSON.stringify(secrets)}\n`);
  return secrets;
}
