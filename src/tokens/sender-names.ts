import { Op, type Transaction } from 'sequelize';
import type { Scope } from '../lib/domain';
import { ConvError } from '../lib/errors';
import type { Sender } from '../lib/senders';
import type { ApiToken } from '../models/ApiToken';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { whereValid } from './valid';

/** The scope of tokens that send applications. */
export const SENDING_SCOPE: Scope = 'applications:write';

/** A token, and whose applications it sends. */
type TokenOfSender = Pick<ApiToken, 'name' | 'sender'>;

/** Returns a valid token that can send, and names its sender unlike the others do. */
function findNamedDifferently(
  { tokens }: Database,
  areNamed: boolean,
  transaction: Transaction | null = null,
): Promise<ApiToken | null> {
  const scopes = { [Op.contains]: [SENDING_SCOPE] };
  const sender = areNamed ? null : { [Op.ne]: null };
  return tokens.findOne({ where: { ...whereValid(), scopes, sender }, transaction });
}

/**
 * Refuses a token that would name its sender unlike another one: ids with and without a name would meet. The lock lets one token be
 * created at a time.
 * @throws ConvError CONFLICT that names the other token
 */
export async function assertNamedAlike(
  database: Database,
  sender: string | null,
  transaction: Transaction,
): Promise<void> {
  await database.sequelize.query("SELECT pg_advisory_xact_lock(hashtext('conv.token_senders'))", {
    transaction,
  });
  const other = await findNamedDifferently(database, sender !== null, transaction);
  if (!other) return;
  const has = other.sender === null ? 'names no sender' : `names the sender ${other.sender}`;
  throw new ConvError(
    'CONFLICT',
    `the token "${other.name}" ${has}: name all senders or none; revoke it first`,
  );
}

/** Returns why this token may not send beside the senders of WEBHOOK_SECRETS; null if it may. */
export function checkSenderName({ name, sender }: TokenOfSender, senders: readonly Sender[]): string | null {
  const [first] = senders;
  if (!first || (first.name === null) === (sender === null)) return null;
  return sender === null
    ? `the token "${name}" names no sender, but WEBHOOK_SECRETS does: create one with --sender`
    : `the token "${name}" names a sender, but WEBHOOK_SECRETS does not: name all senders or none`;
}

/** Returns why one of the valid tokens may not send beside the senders of WEBHOOK_SECRETS; null if all may. */
export async function checkSenderNames(
  database: Database,
  senders: readonly Sender[],
): Promise<string | null> {
  const [first] = senders;
  if (!first) return null;
  const token = await withDatabaseErrors(() => findNamedDifferently(database, first.name !== null));
  return token && checkSenderName(token, senders);
}
