import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { atEnd } from './cleanup';

/** A way to a store that can be interrupted without touching the store, which other tests use. */
export interface Proxy {
  port: number;
  /** The same URL, by way of this proxy. */
  through(url: string): string;
  /** Breaks every connection and lets none in. */
  cut(): void;
  /** Keeps every connection open and lets nothing through: a server that hangs. */
  stall(): void;
  restore(): void;
  /** How many connections go through it now. */
  open(): number;
  /** How many connections came while it was cut. */
  refused(): number;
  close(): Promise<void>;
}

/** Forwards a free local port to a port of this machine; closed at the end of the test file. */
export async function forward(to: number): Promise<Proxy> {
  let mode: 'open' | 'cut' | 'stalled' = 'open';
  let refused = 0;
  const sockets = new Set<Socket>();

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  }

  function join(client: Socket): void {
    const server = connect(to, '127.0.0.1');
    const pipe = (from: Socket, into: Socket) => {
      keep(from);
      from.on('data', (chunk) => mode === 'open' && into.write(chunk));
      from.on('close', () => into.destroy());
    };
    pipe(client, server);
    pipe(server, client);
  }

  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  const listener = createServer((client) => {
    if (mode === 'cut') {
      refused += 1;
      client.on('error', () => undefined).destroy();
    } else join(client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  const close = async () => {
    cutAll();
    if (listener.listening) await new Promise((resolve) => listener.close(resolve));
  };
  atEnd(close);
  return {
    port,
    through: (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    cut() {
      mode = 'cut';
      cutAll();
    },
    stall() {
      mode = 'stalled';
    },
    restore() {
      if (mode === 'stalled') cutAll(); // What was swallowed is lost, so its connections are of no use any more.
      mode = 'open';
    },
    open: () => sockets.size / 2,
    refused: () => refused,
    close,
  };
}

/** A proxy to whatever this URL names. */
export function forwardTo(url: string): Promise<Proxy> {
  return forward(Number(new URL(url).port));
}
