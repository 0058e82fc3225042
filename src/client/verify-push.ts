import { Webhook, WebhookVerificationError } from 'standardwebhooks';
import type { FeedEvent } from './schema';

/** A request that claims to be a push did not come from conv, or did not arrive as conv sent it. Answer it with 401. */
export class PushVerificationError extends Error {
  override readonly name = 'PushVerificationError';
}

/** Headers as `fetch` and as Node's `http` have them. */
export type PushHeaders = Headers | Readonly<Record<string, string | string[] | undefined>>;

/** What the caller can do, for each error of standardwebhooks whose message does not say it. */
const ADVICE: Readonly<Record<string, string>> = {
  'Missing required headers': 'expected webhook-id, webhook-timestamp and webhook-signature',
  'No matching signature found':
    "pass the bytes of the body as they were received, and the EVENTS_SECRET of conv's workers",
  'Message timestamp too old': "it is more than five minutes before this server's clock",
  'Message timestamp too new': "it is more than five minutes after this server's clock",
};

function parseSecret(secret: string): Webhook {
  try {
    return new Webhook(secret);
  } catch (cause) {
    throw new TypeError('invalid secret: expected whsec_ and base64, the EVENTS_SECRET of conv', { cause });
  }
}

function readHeaders(headers: PushHeaders): Record<string, string> {
  const entries = headers instanceof Headers ? [...headers] : Object.entries(headers);
  return Object.fromEntries(entries.map(([name, value]) => [name, String(value ?? '')]));
}

/**
 * Verifies the signature of a pushed event and returns the event.
 * @param rawBody the body as it was received, before any parsing
 * @param secret EVENTS_SECRET of conv; several while it is rotated
 * @throws PushVerificationError if the push is not authentic; TypeError if the secret cannot be one
 */
export function verifyPush(
  rawBody: string | Uint8Array,
  headers: PushHeaders,
  secret: string | readonly string[],
): FeedEvent {
  const body = typeof rawBody === 'string' ? rawBody : Buffer.from(rawBody).toString();
  let cause = new WebhookVerificationError('no secret is given');
  for (const webhook of [secret].flat().map(parseSecret)) {
    try {
      return webhook.verify(body, readHeaders(headers)) as FeedEvent;
    } catch (error) {
      if (!(error instanceof WebhookVerificationError)) throw error;
      cause = error;
    }
  }
  const advice = ADVICE[cause.message];
  throw new PushVerificationError([cause.message, ...(advice ? [advice] : [])].join(': '), { cause });
}
