import { parseSecrets } from '../../lib/signature';
import { homeFolder, readDevFile } from '../../local/dev-file';
import type { Database } from '../../models/connect';
import { isValid, listTokens } from '../../tokens/token';
import type { Io } from '../io';
import { ok, warning, type Result } from './finding';

/** Long enough to give a client a new token. */
const WARN_BEFORE_MS = 14 * 24 * 3_600_000;

export async function checkTokens(database: Database): Promise<Result> {
  const valid = (await listTokens(database)).filter(isValid);
  const limit = new Date(Date.now() + WARN_BEFORE_MS).toISOString();
  const expiring = valid.filter(({ expires_at }) => expires_at !== null && expires_at < limit);
  if (expiring.length === 0) return ok(`${valid.length} valid, none expires within 14 days`);
  const list = expiring.map(({ name, expires_at }) => `${name} expires at ${expires_at ?? ''}`);
  return warning(list.join(', '), 'run `conv token create` and give its client the new token');
}

/** Checks the secrets in this environment; those of a web process elsewhere cannot be seen from here. */
export async function checkWebhookSecrets(io: Io): Promise<Result> {
  const { length } = parseSecrets(io.env['WEBHOOK_SECRETS'] ?? '');
  if (length > 0) return ok(`${length} in WEBHOOK_SECRETS`);
  const stack = await readDevFile(homeFolder(io.env, io.cwd));
  return stack
    ? ok('the local stack has one')
    : warning(
        'WEBHOOK_SECRETS is not set here: a web process with this environment accepts no signature',
        'set WEBHOOK_SECRETS, or let senders use tokens with the scope applications:write',
      );
}
