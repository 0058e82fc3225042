import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../../db/migrate';
import { readSettings } from '../lib/config';
import { SCOPES } from '../lib/domain';
import { homeFolder } from '../local/dev-file';
import { startStack, type Stack } from '../local/stack';
import { connectDatabase, type Database } from '../models/connect';
import { createSecret } from '../lib/signature';
import { createToken, findToken } from '../tokens/token';
import type { Io } from './io';

interface Credentials {
  token: string;
  webhookSecret: string;
}

async function readCredentials(file: string): Promise<Partial<Credentials>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Credentials>;
  } catch {
    return {}; // The first start, or a file that somebody broke: new ones are made.
  }
}

/** The same token and secret at every start, as long as the database knows the token. */
async function makeSureOfCredentials(
  database: Database,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials> {
  const file = join(home, 'credentials.json');
  const kept = await readCredentials(file);
  const known = kept.token !== undefined && (await findToken(database, kept.token)) !== null;
  const request = { name: 'local stack', scopes: SCOPES, expiresAt: null };
  const credentials = {
    token: known && kept.token ? kept.token : (await createToken(database, request)).token,
    webhookSecret:
      env['WEBHOOK_SECRETS']?.split(/[\s,]+/).find(Boolean) ?? kept.webhookSecret ?? createSecret(),
  };
  await mkdir(home, { recursive: true });
  await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
  return credentials;
}

/** Everything on this machine, for `conv dev` and `conv demo`. */
export function startLocalStack(
  io: Io,
  options: {
    port?: number | undefined;
    /** Of web and worker, unless LOG_LEVEL says otherwise. */
    logLevel?: string;
    report: (part: string, detail: string, ms: number) => void;
  },
): Promise<Stack> {
  const home = homeFolder(io.env, io.cwd);
  // Wrong settings are told before anything starts; the stores' addresses are not known yet.
  const { DATABASE_URL = 'postgres://embedded', REDIS_URL = 'redis://embedded', HOST } = io.env;
  const settings = readSettings({ ...io.env, DATABASE_URL, REDIS_URL });
  return startStack({
    home,
    port: options.port ?? settings.port,
    host: HOST || '127.0.0.1',
    env: { LOG_LEVEL: options.logLevel, ...io.env },
    report: options.report,
    webScript: join(__dirname, '../../bin/web.js'),
    workerScript: join(__dirname, '../../bin/worker.js'),
    async prepare({ databaseUrl }) {
      const database = connectDatabase(databaseUrl, { withoutTimeLimit: true });
      try {
        await migrate(database.sequelize);
        return await makeSureOfCredentials(database, home, io.env);
      } finally {
        await database.sequelize.close();
      }
    },
  });
}
