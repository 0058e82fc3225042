import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { TLSSocket } from 'node:tls';
import { promisify } from 'node:util';
import { atEnd } from './cleanup';

/** Creates a key and a certificate that it signs itself. */
async function createCertificate(): Promise<{ key: Buffer; cert: Buffer }> {
  const folder = await mkdtemp(join(tmpdir(), 'conv-tls-'));
  const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
  const request = ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '1', '-subj', '/CN=127.0.0.1'];
  await promisify(execFile)('openssl', [...request, '-keyout', key, '-out', cert]);
  const pair = { key: await readFile(key), cert: await readFile(cert) };
  await rm(folder, { recursive: true });
  return pair;
}

/**
 * Serves a store over TLS with a self-signed certificate, until the end of the test file.
 * @param options `afterSslRequest` answers PostgreSQL's request for TLS before the handshake
 */
export async function serveOverTls(url: string, { afterSslRequest = false } = {}): Promise<{ port: number }> {
  const certificate = await createCertificate();
  const sockets = new Set<Socket>();

  function forward(client: Socket): void {
    const server = connect(Number(new URL(url).port), '127.0.0.1');
    const encrypted = new TLSSocket(client, { isServer: true, ...certificate });
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
