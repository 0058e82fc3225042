import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ConvError, errorCode } from '../lib/errors';
import { renderProblem } from './middleware/problem';

/** The errors of Node's HTTP parser that are not plain malformed requests, by their code. */
const PARSER_ERRORS: Readonly<Record<string, () => ConvError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: () =>
    new ConvError('REQUEST_TIMEOUT', 'the request took too long to arrive: send it again'),
  HPE_HEADER_OVERFLOW: () => new ConvError('HEADERS_TOO_LARGE', 'the headers are larger than 16 KiB'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () => new ConvError('TOO_LARGE', 'the chunk extensions are too large'),
};

function toConvError(error: unknown): ConvError {
  const known = PARSER_ERRORS[errorCode(error) ?? ''];
  return known?.() ?? new ConvError('MALFORMED', 'the request is not valid HTTP');
}

interface Response {
  headers: Record<string, string | number>;
  body: string;
}

function render(error: ConvError): Response {
  const requestId = randomUUID();
  const body = JSON.stringify(renderProblem(error, requestId));
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    Connection: 'close',
  };
  return { headers, body };
}

/** Returns a whole HTTP response as text, for a request that Node could not parse. */
function rawResponse(error: ConvError): string {
  const { headers, body } = render(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${error.title}\r\n${lines.join('')}\r\n${body}`;
}

function respond(response: ServerResponse, error: ConvError): void {
  const { headers, body } = render(error);
  response.writeHead(error.status, headers).end(body);
}

function countHostHeaders({ rawHeaders }: IncomingMessage): number {
  let count = 0;
  for (let i = 0; i < rawHeaders.length; i += 2) if (rawHeaders[i]?.toLowerCase() === 'host') count += 1;
  return count;
}

/**
 * Refuses a request without a Host header, or with more than one (RFC 9112, section 3.2). Node refuses only the first, and
 * without a problem document.
 * @returns whether the request was refused
 */
export function refuseInvalidHost(request: IncomingMessage, response: ServerResponse): boolean {
  const count = countHostHeaders(request);
  if (count === 1 || (count === 0 && request.httpVersion === '1.0')) return false;
  respond(response, new ConvError('MALFORMED', `the request has ${count} Host headers: send exactly one`));
  return true;
}

/** Answers requests that Node refuses before they reach the application with a problem document, and closes the connection. */
export function answerMalformedHttp(server: Server): void {
  const responses = new WeakMap<Socket, ServerResponse>();
  server.on('request', (request, response) => responses.set(request.socket, response));
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    respond(response, new ConvError('EXPECTATION_FAILED', 'the only supported expectation is 100-continue'));
  });
  server.on('clientError', (error, socket) => {
    if (!(socket instanceof Socket)) throw new TypeError('this server listens on sockets only');
    const response = responses.get(socket);
    const responseStarted = response?.headersSent === true && !response.writableFinished;
    if (socket.writable && !responseStarted) socket.write(rawResponse(toConvError(error)));
    socket.destroySoon();
  });
}
