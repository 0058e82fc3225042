import type { FeedEvent } from '../lib/domain';
import { errorCode } from '../lib/errors';
import { sign } from '../lib/signature';

export interface Receiver {
  url: string;
  key: Buffer;
}

/** What the receiver said: taken, gone for good, or again later and how soon at the earliest. */
export type PostResult =
  | { outcome: 'delivered' }
  | { outcome: 'gone' }
  | { outcome: 'failed'; error: string; retryAfterMs: number | null };

const LONGEST_RETRY_AFTER_MS = 24 * 3_600_000;

/** Seconds or an HTTP date (RFC 9110, 10.2.3), in milliseconds from now; null for none or nonsense. */
export function retryAfterMs(header: string | null): number | null {
  if (header === null) return null;
  const ms = /^\d+$/.test(header.trim()) ? Number(header) * 1000 : Date.parse(header) - Date.now();
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), LONGEST_RETRY_AFTER_MS);
}

async function read(response: Response): Promise<PostResult> {
  await response.body?.cancel();
  if (response.ok) return { outcome: 'delivered' };
  if (response.status === 410) return { outcome: 'gone' };
  const error = `answered ${response.status}`;
  return { outcome: 'failed', error, retryAfterMs: retryAfterMs(response.headers.get('Retry-After')) };
}

/** The kind of a network fault; its message may hold the address with credentials in it. */
function faultOf(error: unknown, withinMs: number): string {
  const { name, cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return `no answer in ${withinMs / 1000} s`;
  return `not reached (${errorCode(cause) ?? errorCode(error) ?? 'unknown'})`;
}

/** fetch refuses an address with a user and a password in it; they belong into a header. */
function addressOf(receiver: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(receiver);
  const credentials = decodeURIComponent(`${url.username}:${url.password}`);
  [url.username, url.password] = ['', ''];
  if (credentials === ':') return { url, headers: {} };
  return { url, headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/**
 * Posts one event, signed after Standard Webhooks with the event's id as webhook-id. Redirects are not followed.
 * @param withinMs what has not answered by then has failed
 */
export async function postEvent(receiver: Receiver, event: FeedEvent, withinMs: number): Promise<PostResult> {
  const body = Buffer.from(JSON.stringify(event));
  const timestamp = Math.floor(Date.now() / 1000);
  const { url, headers } = addressOf(receiver.url);
  try {
    const response = await fetch(url, {
      method: 'POST',
      redirect: 'manual',
      signal: AbortSignal.timeout(withinMs),
      headers: {
        ...headers,
        'Content-Type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(receiver.key, event.id, timestamp, body),
      },
      body,
    });
    return await read(response);
  } catch (error) {
    return { outcome: 'failed', error: faultOf(error, withinMs), retryAfterMs: null };
  }
}
