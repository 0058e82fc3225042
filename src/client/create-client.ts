import createFetchClient, { type Client } from 'openapi-fetch';
import type { paths } from './schema';

/** The calls of conv's API, typed by its OpenAPI description. A call resolves to `data` or `error`, and `response`. */
export type ConvClient = Client<paths>;

/** Where conv is, and with which token to call it. */
export interface ClientOptions {
  /** For example http://127.0.0.1:3000. */
  url: string;
  /** `conv_…`. Without it only open calls succeed. */
  token?: string;
}

/** Returns a typed client of the API of conv. */
export function createClient({ url, token }: ClientOptions): ConvClient {
  const headers = token === undefined ? {} : { Authorization: `Bearer ${token}` };
  return createFetchClient<paths>({ baseUrl: url, headers });
}
