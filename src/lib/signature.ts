import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** How far a message's timestamp may be from the receiver's clock (Standard Webhooks). */
export const TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';
const SIGNATURE_VERSION = 'v1';

/** How the headers' names begin: of Standard Webhooks, and of Svix, from which the standard comes. */
type HeaderPrefix = 'webhook' | 'svix';

/** The signature headers of a webhook delivery; a missing one is undefined. */
export interface SignatureHeaders {
  /** How the sender's header names begin; errors use them. */
  prefix: HeaderPrefix;
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/**
 * Returns the signature headers of a request: `webhook-*` if it has one of them, else `svix-*`.
 * @param get returns a header, or an empty text
 */
export function readSignatureHeaders(get: (name: string) => string): SignatureHeaders {
  const read = (prefix: HeaderPrefix): SignatureHeaders => ({
    prefix,
    id: get(`${prefix}-id`) || undefined,
    timestamp: get(`${prefix}-timestamp`) || undefined,
    signature: get(`${prefix}-signature`) || undefined,
  });
  const standard = read('webhook');
  return isSigned(standard) ? standard : read('svix');
}

/** Returns whether a request has any of the signature headers. */
export function isSigned({ id, timestamp, signature }: SignatureHeaders): boolean {
  return (id ?? timestamp ?? signature) !== undefined;
}

/** Returns a new secret as senders configure it: `whsec_` and 32 random bytes in base64. */
export function createSecret(): string {
  return SECRET_PREFIX + randomBytes(32).toString('base64');
}

/** Returns the entries of a list, which spaces or commas separate. */
export function splitSecrets(list: string): string[] {
  return list.split(/[\s,]+/).filter((secret) => secret !== '');
}

/**
 * Returns the key of a `whsec_` secret.
 * @throws Error that names its position, without showing it
 */
export function parseSecret(secret: string, index: number): Buffer {
  const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
  if (!secret.startsWith(SECRET_PREFIX) || !/^[\w+/-]+={0,2}$/.test(secret.slice(SECRET_PREFIX.length)))
    throw new Error(`secret ${index + 1} must be ${SECRET_PREFIX} followed by base64`);
  if (key.length < 24)
    throw new Error(`secret ${index + 1} is too short: expected at least 24 bytes, base64-encoded`);
  return key;
}

/**
 * Returns the keys of a list of `whsec_` secrets. Several allow rotation.
 * @throws Error that names the position of a wrong secret, without showing it
 */
export function parseSecrets(list: string): Buffer[] {
  return splitSecrets(list).map(parseSecret);
}

/**
 * Returns the value of `webhook-signature` for a body.
 * @param timestamp seconds since 1970
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function sign(key: Buffer, id: string, timestamp: number | string, body: Buffer): string {
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return `${SIGNATURE_VERSION},${digest}`;
}

/** The index of the key that signed a delivery, or why the delivery is not authentic. */
export type Verified = { key: number } | { error: string };

/**
 * Verifies the signature of a delivery: each key against each signature, in constant time.
 * @param nowSeconds the receiver's clock, seconds since 1970
 */
export function verifySignature(
  keys: readonly Buffer[],
  headers: SignatureHeaders,
  body: Buffer,
  nowSeconds: number,
): Verified {
  const { prefix, id, timestamp, signature } = headers;
  if (!id || !timestamp || !signature)
    return {
      error: `missing signature: send the headers ${prefix}-id, ${prefix}-timestamp and ${prefix}-signature`,
    };
  if (!/^\d{1,12}$/.test(timestamp))
    return { error: `${prefix}-timestamp must be a whole number of seconds since 1970` };
  if (Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE_SECONDS)
    return {
      error: `${prefix}-timestamp is more than ${TOLERANCE_SECONDS} seconds from this server's clock`,
    };
  const signatures = signature
    .split(' ')
    .filter((part) => part.startsWith(`${SIGNATURE_VERSION},`))
    .map((part) => Buffer.from(part));
  if (signatures.length === 0) return { error: `${prefix}-signature has no signature of version v1` };
  const key = keys.findIndex((candidate) => {
    const expected = Buffer.from(sign(candidate, id, timestamp, body));
    return signatures.some((given) => given.length === expected.length && timingSafeEqual(given, expected));
  });
  return key >= 0 ? { key } : { error: `${prefix}-signature matches none of the configured secrets` };
}
