import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema';
import { timedFetch } from './timed-fetch';

/** Longer than conv takes for any answer, unless `wait` of GET /events asks for more. */
const TIMEOUT_MS = 30_000;

/** The calls of conv's API, typed by its OpenAPI description. A call resolves to `data` or `error`, and `response`. */
export type ConvClient = Client<paths, `application/${string}`>;

/** Where conv is, and with which token to call it. */
export interface ClientOptions {
  /** For example http://127.0.0.1:3000. */
  url: string;
  /** `conv_…`. Without it only open calls succeed. */
  token?: string | undefined;
  /** A call without a complete answer after this time rejects with a TimeoutError. 30 seconds unless given. */
  timeoutMs?: number;
}

function checkUrl(url: string): void {
  const parsed = URL.canParse(url) ? new URL(url) : null;
  if (parsed?.protocol !== 'http:' && parsed?.protocol !== 'https:')
    throw new TypeError(`invalid url ${JSON.stringify(url)}: expected one like http://127.0.0.1:3000`);
}

function authorize(token: string | undefined): Record<string, string> {
  if (token === undefined) return {};
  if (!/^[!-~]+$/.test(token))
    throw new TypeError('invalid token: expected conv_ and letters and digits, without spaces and line ends');
  return { Authorization: `Bearer ${token}` };
}

/**
 * Returns a typed client of the API of conv.
 * @throws TypeError that names the option if the address or the token cannot be one
 */
export function createClient({ url, token, timeoutMs = TIMEOUT_MS }: ClientOptions): ConvClient {
  checkUrl(url);
  const headers = authorize(token);
  return createFetchClient<paths, `application/${string}`>({
    baseUrl: url,
    headers,
    fetch: timedFetch(timeoutMs),
  });
}
