import { parseSenders } from '../../lib/senders';
import { homeFolder, readDevFile } from '../../local/dev-file';
import type { Database } from '../../models/connect';
import { checkSenderNames } from '../../tokens/sender-names';
import { isValid, listTokens } from '../../tokens/token';
import type { Io } from '../io';
import { ok, warning, type Result } from './finding';

/** Long enough to give a client a new token. */
const WARN_BEFORE_MS = 14 * 24 * 3_600_000;

/** @param io its WEBHOOK_SECRETS and the tokens either all name their senders, or none does */
export const checkTokens =
  (io: Io) =>
  async (database: Database): Promise<Result> => {
    const problem = await checkSenderNames(database, parseSenders(io.env['WEBHOOK_SECRETS'] ?? ''));
    if (problem !== null)
      return warning(problem, 'revoke that token, or name the secrets alike; until then it is refused');
    const valid = (await listTokens(database)).filter(isValid);
    const limit = new Date(Date.now() + WARN_BEFORE_MS).toISOString();
    const expiring = valid.filter(({ expires_at }) => expires_at !== null && expires_at < limit);
    if (expiring.length === 0) return ok(`${valid.length} valid, none expires within 14 days`);
    const list = expiring.map(({ name, expires_at }) => `${name} expires at ${expires_at ?? ''}`);
    return warning(list.join(', '), 'run `conv token create` and give its client the new token');
  };

/** Checks the secrets in this environment; those of a web process elsewhere cannot be seen from here. */
export async function checkWebhookSecrets(io: Io): Promise<Result> {
  const { length } = parseSenders(io.env['WEBHOOK_SECRETS'] ?? '');
  if (length > 0) return ok(`${length} in WEBHOOK_SECRETS`);
  const stack = await readDevFile(homeFolder(io.env, io.cwd));
  return stack
    ? ok('the local stack has one')
    : warning(
        'WEBHOOK_SECRETS is not set here: a web process with this environment accepts no signature',
        'set WEBHOOK_SECRETS, or let senders use tokens with the scope applications:write',
      );
}
