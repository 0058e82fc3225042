import { rawConnection, parseAnswer } from '../../support/raw-socket';

/** One request as bytes. */
export interface WireRequest {
  /** What is wrong with it, for the message of a failing test. */
  kind: string;
  bytes: Buffer;
  /** The request is incomplete: the sender disconnects after it and may get no response. */
  cut: boolean;
}

export interface Parts {
  kind: string;
  method?: string;
  path?: string;
  headers?: readonly (readonly [string, string])[];
  body?: Buffer | string;
  /** A wrong Content-Length. */
  length?: number;
  cut?: boolean;
}

/** Returns an HTTP/1.1 request whose connection closes after the response. */
export function wire({
  kind,
  method = 'POST',
  path = '/',
  headers = [],
  body,
  length,
  cut = false,
}: Parts): WireRequest {
  const bytes = Buffer.from(body ?? '');
  const framed = headers.some(([name]) => /^transfer-encoding$/i.test(name));
  const own: [string, string][] = [
    ['Host', 'localhost'],
    ['Connection', 'close'],
    ...(body !== undefined && !framed
      ? [['Content-Length', String(length ?? bytes.length)] as [string, string]]
      : []),
  ];
  const lines = [...own, ...headers].map(([name, value]) => `${name}: ${value}\r\n`);
  const head = Buffer.from(`${method} ${path} HTTP/1.1\r\n${lines.join('')}\r\n`, 'latin1');
  return { kind, bytes: Buffer.concat([head, bytes]), cut };
}

export interface WireAnswer {
  /** 0 if there was no response. */
  status: number;
  type: string;
  body: string;
}

/** Sends a request and waits until the connection closes. */
export async function send(url: string, { bytes, cut }: WireRequest): Promise<WireAnswer> {
  const { socket, closed } = await rawConnection(url);
  if (cut) socket.end(bytes);
  else socket.write(bytes);
  const text = await closed;
  if (text === '') return { status: 0, type: '', body: '' };
  const { status, headers, body } = parseAnswer(text);
  return { status, type: headers.get('content-type') ?? '', body };
}
