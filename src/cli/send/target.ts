import { firstSecret } from '../../lib/senders';
import { parseSecrets } from '../../lib/signature';
import { usageError } from '../exit-codes';
import type { Io } from '../io';

/** Where to send, and with which credentials. */
export interface Target {
  url: string;
  secret: string;
  /** Present if outcomes are to be read. */
  token?: string;
}

export interface TargetFlags {
  url?: string;
  secret?: string;
  token?: string;
  wait?: boolean;
}

const EXAMPLE = 'expected an address such as http://127.0.0.1:3000';

/** Names a part that an address of conv does not have; the value is not printed, because it can be a password. */
function findExtraPart({ username, password, pathname, href }: URL): string | null {
  if (username !== '' || password !== '') return 'credentials';
  if (pathname !== '/') return 'a path';
  if (href.includes('?')) return 'a query';
  return href.includes('#') ? 'a fragment' : null;
}

/** Returns the address without anything after host and port. @throws ConvError INVALID */
function parseAddress(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  if (!url || !['http:', 'https:'].includes(url.protocol)) {
    const value = text.includes('@') ? '' : ` ${JSON.stringify(text)}`;
    throw usageError(`invalid --url${value}: ${EXAMPLE}`);
  }
  const extra = findExtraPart(url);
  if (extra !== null)
    throw usageError(`invalid --url: it has ${extra}; pass scheme, host and port only: ${url.origin}`);
  return url.origin;
}

function assertSecret(secret: string): void {
  try {
    parseSecrets(secret);
  } catch (error) {
    throw usageError(`invalid --secret: ${(error as Error).message}`);
  }
}

/**
 * Returns where to send and with which credentials: from flags, else settings, else the running local stack.
 * @throws ConvError INVALID that names the missing or wrong flag
 */
export async function findTarget(io: Io, flags: TargetFlags): Promise<Target> {
  const { homeFolder, readDevFile } = await import('../../local/dev-file');
  const dev = await readDevFile(homeFolder(io.env, io.cwd));
  const address = flags.url ?? dev?.url;
  const secret = flags.secret ?? firstSecret(io.env['WEBHOOK_SECRETS']) ?? dev?.webhook_secret;
  const token = flags.token ?? dev?.token;
  if (!address) throw usageError('no address: start the local stack with `npm start`, or pass --url');
  if (!secret) throw usageError('no webhook secret: pass --secret whsec_…, or set WEBHOOK_SECRETS');
  if (flags.wait && !token)
    throw usageError('--wait reads outcomes: pass --token conv_… with the scope conversations:read');
  const url = parseAddress(address);
  assertSecret(secret);
  return { url, secret, ...(flags.wait && token && { token }) };
}
