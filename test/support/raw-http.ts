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
  /** Goes onto the wire as it stands, where `fetch` would normalise it. */
  path?: string;
  headers?: Record<string, string>;
  /** Without a Content-Length header it is sent in chunks. */
  body?: string | Buffer;
}

/** An HTTP request for what `fetch` does not let through: odd paths, odd methods, bodies of chunks. */
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
