import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';

/** Standard Webhooks: a message is accepted five minutes either side of its timestamp. */
export const TOLERANCE_SECONDS = 300;

const SECRET_PREFIX = 'whsec_';
const SIGNATURE_VERSION = 'v1';

/** The headers of one delivery, as received: a missing one is undefined. */
export interface SignatureHeaders {
  id: string | undefined;
  timestamp: string | undefined;
  signature: string | undefined;
}

/** A new secret in the form that senders are given: `whsec_` and base64 of 24 to 64 bytes. */
export function createSecret(): string {
  return SECRET_PREFIX + randomBytes(32).toString('base64');
}

/**
 * The keys of a list of `whsec_` secrets, separated by spaces or commas; several serve rotation.
 * @throws Error that says which one is wrong without showing it
 */
export function parseSecrets(list: string): Buffer[] {
  const secrets = list.split(/[\s,]+/).filter((secret) => secret !== '');
  return secrets.map((secret, index) => {
    const key = Buffer.from(secret.slice(SECRET_PREFIX.length), 'base64');
    if (!secret.startsWith(SECRET_PREFIX) || !/^[\w+/-]+={0,2}$/.test(secret.slice(SECRET_PREFIX.length)))
      throw new Error(`secret ${index + 1} must be ${SECRET_PREFIX} followed by base64`);
    if (key.length < 24)
      throw new Error(`secret ${index + 1} is too short: 24 bytes or more, base64-encoded`);
    return key;
  });
}

/**
 * The value of `webhook-signature` for a body.
 * @param timestamp seconds since 1970
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function sign(key: Buffer, id: string, timestamp: number | string, body: Buffer): string {
  const digest = createHmac('sha256', key).update(`${id}.${timestamp}.`).update(body).digest('base64');
  return `${SIGNATURE_VERSION},${digest}`;
}

/** Which of the keys signed a delivery, by its index, or why it is not authentic. */
export type Verified = { key: number } | { fault: string };

/**
 * Verifies a delivery. Each key is tried against each signature, in constant time.
 * @param nowSeconds the receiver's clock, seconds since 1970
 */
export function verifySignature(
  keys: readonly Buffer[],
  headers: SignatureHeaders,
  body: Buffer,
  nowSeconds: number,
): Verified {
  const { id, timestamp, signature } = headers;
  if (!id || !timestamp || !signature)
    return { fault: 'a delivery needs the headers webhook-id, webhook-timestamp and webhook-signature' };
  if (!/^\d{1,12}$/.test(timestamp)) return { fault: 'webhook-timestamp must be whole seconds since 1970' };
  if (Math.abs(nowSeconds - Number(timestamp)) > TOLERANCE_SECONDS)
    return { fault: `webhook-timestamp is more than ${TOLERANCE_SECONDS} seconds from this server's clock` };
  const given = signature
    .split(' ')
    .filter((part) => part.startsWith(`${SIGNATURE_VERSION},`))
    .map((part) => Buffer.from(part));
  if (given.length === 0) return { fault: 'webhook-signature holds no signature of version v1' };
  const key = keys.findIndex((candidate) => {
    const expected = Buffer.from(sign(candidate, id, timestamp, body));
    return given.some(
      (signature) => signature.length === expected.length && timingSafeEqual(signature, expected),
    );
  });
  return key >= 0 ? { key } : { fault: 'webhook-signature matches none of the configured secrets' };
}
