import { firstSecret } from '../../lib/senders';
import { parseSecrets } from '../../lib/signature';
import { usageError } from '../exit-codes';
import { parseAddress } from '../context/address';
import type { Credentials } from '../http-client';
import type { Io } from '../io';

/** Where to send, and with which credentials. */
export interface Target {
  url: string;
  credentials: Credentials;
  /** Present if outcomes are to be read. */
  token?: string;
}

export interface TargetFlags {
  url?: string;
  secret?: string;
  token?: string;
  wait?: boolean;
}

function assertSecret(secret: string): void {
  try {
    parseSecrets(secret);
  } catch (error) {
    throw usageError(`invalid --secret: ${(error as Error).message}`);
  }
}

/** A context sends with its token, unless a secret is passed: WEBHOOK_SECRETS may be those of another conv. */
async function findInContext(io: Io, flags: TargetFlags): Promise<Target | null> {
  if (flags.url !== undefined) return null;
  const { findContext } = await import('../context/find-context');
  const context = await findContext(io);
  if (!context) return null;
  if (flags.secret !== undefined) assertSecret(flags.secret);
  const token = flags.token ?? context.token;
  const credentials = flags.secret === undefined ? { token } : { secret: flags.secret };
  return { url: context.url, credentials, ...(flags.wait && { token }) };
}

/**
 * Returns where to send and with which credentials: from flags, else the context in use, else settings, else the running local stack.
 * @throws ConvError INVALID that names the missing or wrong flag
 */
export async function findTarget(io: Io, flags: TargetFlags): Promise<Target> {
  const inContext = await findInContext(io, flags);
  if (inContext) return inContext;
  const { homeFolder, readDevFile } = await import('../../local/dev-file');
  const dev = await readDevFile(homeFolder(io.env, io.cwd));
  const address = flags.url ?? dev?.url;
  const secret = flags.secret ?? firstSecret(io.env['WEBHOOK_SECRETS']) ?? dev?.webhook_secret;
  const token = flags.token ?? dev?.token;
  if (!address)
    throw usageError(
      'no address: start the local stack with `npm start`, pass --url, or use a context (`conv context --help`)',
    );
  if (!secret) throw usageError('no webhook secret: pass --secret whsec_…, or set WEBHOOK_SECRETS');
  if (flags.wait && !token)
    throw usageError('--wait reads outcomes: pass --token conv_… with the scope conversations:read');
  const url = parseAddress(address, '--url');
  assertSecret(secret);
  return { url, credentials: { secret }, ...(flags.wait && token && { token }) };
}
