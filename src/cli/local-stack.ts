import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { migrate } from '../../db/migrate';
import { readSettings } from '../lib/config';
import { SCOPES } from '../lib/domain';
import { NODE_FLAGS } from '../lib/node-flags';
import { homeFolder } from '../local/dev-file';
import type { Report } from '../local/restarts';
import { startStack, type Stack } from '../local/stack';
import { connectDatabase, type Database } from '../models/connect';
import { firstSecret, parseSenders } from '../lib/senders';
import { createSecret } from '../lib/signature';
import { createToken, findToken, revokeToken } from '../tokens/token';
import type { Io } from './io';

interface Credentials {
  token: string;
  webhookSecret: string;
}

async function readCredentials(file: string): Promise<Partial<Credentials>> {
  try {
    return JSON.parse(await readFile(file, 'utf8')) as Partial<Credentials>;
  } catch {
    return {}; // The first start, or a damaged file: new credentials are created.
  }
}

/** Returns the token if it is valid and names this sender. Revokes one that names another, which could not send any more. */
async function keepToken(
  database: Database,
  secret: string | undefined,
  sender: string | undefined,
): Promise<string | null> {
  const token = secret === undefined ? null : (await findToken(database, secret))?.token;
  if (!token || secret === undefined) return null;
  if (token.sender === (sender ?? null)) return secret;
  await revokeToken(database, token.id);
  return null;
}

/** Returns the token and secret of the last start, or new ones if there are none or the database does not know the token. */
async function ensureCredentials(
  database: Database,
  home: string,
  env: NodeJS.ProcessEnv,
): Promise<Credentials> {
  const file = join(home, 'credentials.json');
  const { token, webhookSecret } = await readCredentials(file);
  const sender = parseSenders(env['WEBHOOK_SECRETS'] ?? '')[0]?.name ?? undefined;
  const request = { name: 'local stack', scopes: SCOPES, sender, expiresAt: null };
  const credentials = {
    token: (await keepToken(database, token, sender)) ?? (await createToken(database, request)).token,
    webhookSecret: firstSecret(env['WEBHOOK_SECRETS']) ?? webhookSecret ?? createSecret(),
  };
  await mkdir(home, { recursive: true });
  await writeFile(file, JSON.stringify(credentials), { mode: 0o600 });
  return credentials;
}

/** Starts PostgreSQL, Redis, web and worker on this machine, for `conv dev` and `conv demo`. */
export function startLocalStack(
  io: Io,
  options: {
    port?: number | undefined;
    /** The log level of web and worker if LOG_LEVEL is not set. */
    logLevel?: string;
    report: Report;
  },
): Promise<Stack> {
  const home = homeFolder(io.env, io.cwd);
  // Invalid settings are reported before anything starts. The embedded stores' URLs are not known yet.
  const { DATABASE_URL = 'postgres://embedded', REDIS_URL = 'redis://embedded', HOST } = io.env;
  const settings = readSettings({ ...io.env, DATABASE_URL, REDIS_URL });
  return startStack({
    home,
    port: options.port ?? settings.port,
    host: HOST || '127.0.0.1',
    env: { LOG_LEVEL: options.logLevel, ...io.env },
    report: options.report,
    nodeFlags: NODE_FLAGS,
    shutdownMs: settings.shutdownMs,
    webScript: join(__dirname, '../../bin/web.js'),
    workerScript: join(__dirname, '../../bin/worker.js'),
    async prepare({ databaseUrl }) {
      const database = connectDatabase(databaseUrl, { tls: settings.databaseTls, withoutTimeLimit: true });
      try {
        await migrate(database.sequelize);
        return await ensureCredentials(database, home, io.env);
      } finally {
        await database.sequelize.close();
      }
    },
  });
}
