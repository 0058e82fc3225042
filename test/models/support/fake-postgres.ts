import { once } from 'node:events';
import { createServer, type AddressInfo, type Socket } from 'node:net';

/** Returns one message of PostgreSQL's protocol. https://www.postgresql.org/docs/current/protocol-message-formats.html */
function message(type: string, body: Buffer): Buffer {
  const length = Buffer.alloc(4);
  length.writeInt32BE(body.length + 4);
  return Buffer.concat([Buffer.from(type), length, body]);
}

const AUTHENTICATION_OK = message('R', Buffer.alloc(4));
const READY_FOR_QUERY = message('Z', Buffer.from('I'));
const TERMINATED = message(
  'E',
  Buffer.from('SFATAL\0VFATAL\0C57P01\0Mterminating connection due to administrator command\0\0'),
);

/** When the server terminates a session. */
export type Termination = 'in the packet that makes it ready' | 'at its first query';

function serveSession(socket: Socket, termination: Termination): void {
  const [ready, rest] =
    termination === 'at its first query'
      ? [[AUTHENTICATION_OK, READY_FOR_QUERY], [TERMINATED]]
      : [[AUTHENTICATION_OK, READY_FOR_QUERY, TERMINATED], []];
  socket.on('error', () => socket.destroy());
  socket.once('data', () => {
    socket.write(Buffer.concat(ready));
    if (rest.length === 0) socket.end();
    else socket.once('data', () => socket.end(Buffer.concat(rest)));
  });
}

export interface FakePostgres {
  url: string;
  close(): Promise<unknown>;
}

/** Starts a PostgreSQL that terminates every session. */
export async function startFakePostgres(termination: Termination): Promise<FakePostgres> {
  const server = createServer((socket) => serveSession(socket, termination)).listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `postgres://conv@127.0.0.1:${(server.address() as AddressInfo).port}/conv`,
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}
