import type { FeedEvent } from '../lib/domain';
import { errorCode } from '../lib/errors';
import { parseRetryAfter } from '../lib/retry-after';
import { sign } from '../lib/signature';
import { tracedFetch } from '../tracing/traced-fetch';
import type { Tracing } from '../tracing/tracing';

export interface Receiver {
  url: string;
  /** Signs the requests; from EVENTS_SECRET. */
  key: Buffer;
}

/** How the receiver answered: any 2xx, 410 Gone, or anything else including no answer. */
export type PostResult =
  | { outcome: 'delivered' }
  | { outcome: 'gone' }
  | { outcome: 'failed'; error: string; retryAfterMs: number | null };

async function readResponse(response: Response): Promise<PostResult> {
  await response.body?.cancel();
  if (response.ok) return { outcome: 'delivered' };
  if (response.status === 410) return { outcome: 'gone' };
  const retryAfterMs = parseRetryAfter(response.headers.get('Retry-After'));
  return { outcome: 'failed', error: `answered ${response.status}`, retryAfterMs };
}

/** Describes a network error by its code. Its message may contain the URL with credentials. */
function describeError(error: unknown, timeoutMs: number): string {
  const { name, cause } = error as Partial<Error>;
  if (name === 'TimeoutError') return `no answer in ${timeoutMs / 1000} s`;
  return `not reached (${errorCode(cause) ?? errorCode(error) ?? 'unknown'})`;
}

/** Moves the credentials of a URL to a header, because fetch refuses URLs that contain them. */
function splitCredentials(receiverUrl: string): { url: URL; headers: Record<string, string> } {
  const url = new URL(receiverUrl);
  const credentials = decodeURIComponent(`${url.username}:${url.password}`);
  [url.username, url.password] = ['', ''];
  if (credentials === ':') return { url, headers: {} };
  return { url, headers: { Authorization: `Basic ${Buffer.from(credentials).toString('base64')}` } };
}

/**
 * Posts one event, signed according to Standard Webhooks with the event's id as webhook-id. Does not follow redirects.
 * @param timeoutMs the attempt fails when there is no answer after this time
 * @param tracing sends the current trace along; null for none
 */
export async function postEvent(
  receiver: Receiver,
  event: FeedEvent,
  timeoutMs: number,
  tracing: Tracing | null = null,
): Promise<PostResult> {
  const body = Buffer.from(JSON.stringify(event));
  const timestamp = Math.floor(Date.now() / 1000);
  const { url, headers } = splitCredentials(receiver.url);
  try {
    const request = {
      method: 'POST',
      redirect: 'manual' as const,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        ...headers,
        'Content-Type': 'application/json',
        'webhook-id': event.id,
        'webhook-timestamp': String(timestamp),
        'webhook-signature': sign(receiver.key, event.id, timestamp, body),
      },
      body,
    };
    const response = await (tracing ? tracedFetch(tracing, url, request) : fetch(url, request));
    return await readResponse(response);
  } catch (error) {
    return { outcome: 'failed', error: describeError(error, timeoutMs), retryAfterMs: null };
  }
}
