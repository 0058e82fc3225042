import { stat } from 'node:fs/promises';
import { errorCode } from '../lib/errors';
import { type Account, run } from './processes';

const USERS = ['postgres', 'nobody'];

async function lookUp(user: string, env: NodeJS.ProcessEnv): Promise<Account | undefined> {
  const ids = await Promise.all(['-u', '-g'].map((flag) => run('id', [flag, user], { env })));
  const [uid, gid] = ids.map(({ code, output }) => (code === 0 ? Number(output) : Number.NaN));
  return uid && gid ? { uid, gid } : undefined;
}

/** Who owns a file or folder; undefined where it is missing. */
export async function ownerOf(path: string): Promise<Account | undefined> {
  try {
    const { uid, gid } = await stat(path);
    return { uid, gid };
  } catch (error) {
    if (errorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Whom PostgreSQL must run as: ourselves (undefined), or, as it refuses root, the owner of the data that is there,
 * else the user `postgres`, else `nobody`.
 * @throws Error where root finds no such user, or where the data is another user's
 */
export async function postgresAccount(data: string, env: NodeJS.ProcessEnv): Promise<Account | undefined> {
  const owner = await ownerOf(data);
  const self = process.getuid?.() ?? -1;
  if (self !== 0) {
    if (owner === undefined || owner.uid === self) return undefined;
    throw new Error(
      `${data} belongs to user ${owner.uid}: run conv as that user, or set CONV_HOME to another folder`,
    );
  }
  if (owner !== undefined && owner.uid !== 0) return owner;
  for (const user of USERS) {
    const account = await lookUp(user, env);
    if (account !== undefined) return account;
  }
  throw new Error(
    'PostgreSQL refuses root and there is no user postgres or nobody: run conv as an ordinary user',
  );
}

/** Whether the account may enter a folder, tried rather than computed: permissions have many sources. */
export async function canEnter(account: Account, folder: string, env: NodeJS.ProcessEnv): Promise<boolean> {
  const { code } = await run('/bin/sh', ['-c', 'cd "$1"', 'sh', folder], { env, account });
  return code === 0;
}
