import { once } from 'node:events';
import { request, type IncomingHttpHeaders, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';

export interface RawAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

interface RawRequest {
  method?: string;
  /** Sent unchanged; `fetch` would normalize it. */
  path?: string;
  headers?: Record<string, string>;
  /** Sent in chunks unless there is a Content-Length header. */
  body?: string | Buffer;
}

/** Sends a request that `fetch` would refuse or change: unusual paths, methods and headers, chunked bodies. */
export async function rawCall(
  base: string,
  { method = 'GET', path = '/', headers, body }: RawRequest,
): Promise<RawAnswer> {
  const call = request(base, { method, path, headers: { Connection: 'close', ...headers } });
  const answered = once(call, 'response') as Promise<[IncomingMessage]>;
  if (body !== undefined) call.write(body);
  call.end();
  const [response] = await answered;
  return { status: response.statusCode ?? 0, headers: response.headers, body: await text(response) };
}
