import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { TLSSocket } from 'node:tls';
import { createSelfSigned, type Certificate } from './certificates';
import { atEnd } from './cleanup';

/**
 * Serves a store over TLS, by default with a self-signed certificate, until the end of the test file.
 * @param options `afterSslRequest` answers PostgreSQL's request for TLS before the handshake
 */
export async function serveOverTls(
  url: string,
  { afterSslRequest = false, certificate }: { afterSslRequest?: boolean; certificate?: Certificate } = {},
): Promise<{ port: number }> {
  const { key, cert } = certificate ?? (await createSelfSigned());
  const sockets = new Set<Socket>();

  function forward(client: Socket): void {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    const encrypted = new TLSSocket(client, { isServer: true, key, cert });
    for (const socket of [client, server, encrypted]) {
      sockets.add(socket);
      socket.on('error', () => server.destroy());
    }
    encrypted.pipe(server).pipe(encrypted);
  }

  const proxy = createServer((client) => {
    if (!afterSslRequest) forward(client);
    else
      client.once('data', () => {
        client.write('S');
        forward(client);
      });
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  atEnd(async () => {
    for (const socket of sockets) socket.destroy();
    proxy.close();
    await once(proxy, 'close');
  });
  return { port: (proxy.address() as AddressInfo).port };
}
