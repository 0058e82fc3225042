import { request as requestHttp, type IncomingHttpHeaders, type OutgoingHttpHeaders } from 'node:http';
import { request as requestHttps } from 'node:https';
import { text } from 'node:stream/consumers';
import { ConvError, errorCode } from '../lib/errors';

/** Longer than conv takes for any answer. */
const REQUEST_TIMEOUT_MS = 10_000;

/** An answer with its whole body. */
export interface HttpAnswer {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
}

export interface HttpRequest {
  method?: string;
  headers?: OutgoingHttpHeaders;
  body?: string;
  /** Ends the request. */
  signal?: AbortSignal | undefined;
}

/** Sends a request on a connection that is kept open for the next one. Rejects with Node's own errors. */
function sendOnce(url: URL, { method = 'GET', headers = {}, body = '', signal }: HttpRequest) {
  const request = url.protocol === 'https:' ? requestHttps : requestHttp;
  const length = body === '' ? {} : { 'Content-Length': Buffer.byteLength(body) };
  return new Promise<HttpAnswer>((resolve, reject) => {
    const options = { method, headers: { ...headers, ...length }, ...(signal && { signal }) };
    const call = request(url, options, (response) => {
      const { statusCode: status = 0, headers } = response;
      text(response).then((body) => resolve({ status, headers, body }), reject);
    });
    const timer = setTimeout(
      () => call.destroy(new Error(`no answer in ${REQUEST_TIMEOUT_MS / 1000} s`)),
      REQUEST_TIMEOUT_MS,
    );
    call.on('error', reject).on('close', () => clearTimeout(timer));
    call.end(body);
  });
}

/**
 * Sends a request and returns the whole answer, whatever its status. Does not follow redirects.
 * @throws ConvError NOT_READY if no answer came; the signal's reason if it ended the request
 */
export async function sendRequest(url: URL, request: HttpRequest): Promise<HttpAnswer> {
  try {
    return await sendOnce(url, request);
  } catch (cause) {
    request.signal?.throwIfAborted();
    const why = errorCode(cause) ?? (cause as Error).message;
    const detail = `cannot reach conv at ${url.origin} (${why}): start the local stack with \`npm start\`, or check --url`;
    throw new ConvError('NOT_READY', detail, { cause });
  }
}
