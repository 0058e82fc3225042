import { randomUUID } from 'node:crypto';
import type { IncomingMessage, Server, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { ConvError, errorCode } from '../lib/errors';
import { problemOf } from './middleware/problem';

/** What Node's parser calls it, and what that is outside; anything else is malformed. */
const FAULTS: Readonly<Record<string, () => ConvError>> = {
  ERR_HTTP_REQUEST_TIMEOUT: () => new ConvError('REQUEST_TIMEOUT', 'the request did not come in time'),
  HPE_HEADER_OVERFLOW: () => new ConvError('HEADERS_TOO_LARGE', 'the headers are larger than 16 KiB'),
  HPE_CHUNK_EXTENSIONS_OVERFLOW: () => new ConvError('TOO_LARGE', 'the chunk extensions are too large'),
};

function faultOf(error: unknown): ConvError {
  return (
    FAULTS[errorCode(error) ?? '']?.() ?? new ConvError('MALFORMED', 'the request is not readable as HTTP')
  );
}

interface Refusal {
  headers: Record<string, string | number>;
  body: string;
}

function refusalOf(error: ConvError): Refusal {
  const requestId = randomUUID();
  const body = JSON.stringify(problemOf(error, requestId));
  const headers = {
    'Content-Type': 'application/problem+json; charset=utf-8',
    'Content-Length': Buffer.byteLength(body),
    'X-Content-Type-Options': 'nosniff',
    'X-Request-Id': requestId,
    Connection: 'close',
  };
  return { headers, body };
}

/** An answer where there is no request to answer, as bytes. */
function rawAnswer(error: ConvError): string {
  const { headers, body } = refusalOf(error);
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${error.status} ${error.title}\r\n${lines.join('')}\r\n${body}`;
}

function refuse(response: ServerResponse, error: ConvError): void {
  const { headers, body } = refusalOf(error);
  response.writeHead(error.status, headers).end(body);
}

/** RFC 9112, section 3.2: HTTP/1.1 without Host is refused. Node would do so without a word. */
export function refuseWithoutHost(request: IncomingMessage, response: ServerResponse): boolean {
  if (request.headers.host !== undefined || request.httpVersion !== '1.1') return false;
  refuse(response, new ConvError('MALFORMED', 'HTTP/1.1 needs a Host header'));
  return true;
}

/** What Node refuses before the application sees it is answered as every other error is, and its connection closed. */
export function answerBrokenHttp(server: Server): void {
  const answering = new WeakMap<Socket, ServerResponse>();
  server.on('request', (request, response) => answering.set(request.socket, response));
  server.on('checkExpectation', (_request, response: ServerResponse) => {
    refuse(
      response,
      new ConvError('EXPECTATION_FAILED', 'this server knows no expectation but 100-continue'),
    );
  });
  server.on('clientError', (error, socket) => {
    if (!(socket instanceof Socket)) throw new TypeError('this server listens on sockets only');
    const response = answering.get(socket);
    const amidAnswer = response?.headersSent === true && !response.writableFinished;
    if (socket.writable && !amidAnswer) socket.write(rawAnswer(faultOf(error)));
    socket.destroySoon();
  });
}
