import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A way to a server that can be interrupted without touching the server. */
export interface Proxy {
  port: number;
  /** The same URL, by way of this proxy. */
  through(url: string): string;
  /** Leads to another port of this machine from now on. */
  forwardTo(port: number): void;
  /** Breaks every connection and lets none in. */
  cut(): void;
  /** Keeps every connection open and lets nothing through: a server that hangs. */
  stall(): void;
  /** Lets everything through, each piece so much later, in its order. */
  delay(ms: number): void;
  restore(): void;
  /** How many connections go through it now. */
  openConnections(): number;
  /** How many connections came while it was cut. */
  refusedConnections(): number;
  close(): Promise<void>;
}

interface Late {
  due: number;
  act: () => void;
}

/** Does things in their order, each so late as was said when it came. */
function lateness(): (ms: number, act: () => void) => void {
  const waiting: Late[] = [];

  function drain(): void {
    for (let next = waiting[0]; next && next.due <= Date.now(); next = waiting[0]) {
      waiting.shift();
      next.act();
    }
    if (waiting[0]) setTimeout(drain, Math.max(1, waiting[0].due - Date.now()));
  }

  return (ms, act) => {
    if (ms === 0 && waiting.length === 0) {
      act();
      return;
    }
    waiting.push({ due: Math.max(Date.now() + ms, waiting.at(-1)?.due ?? 0), act });
    if (waiting.length === 1) setTimeout(drain, ms);
  };
}

/** Forwards a free local port to a port of this machine, until it is closed. */
export async function openProxy(to: number): Promise<Proxy> {
  let mode: 'open' | 'cut' | 'stalled' = 'open';
  let target = to;
  let delayMs = 0;
  let refused = 0;
  const sockets = new Set<Socket>();

  function pipe(from: Socket, into: Socket): void {
    const late = lateness();
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (mode === 'open') late(delayMs, () => !into.destroyed && into.write(chunk));
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      sockets.delete(from);
      late(0, () => into.destroySoon());
    });
  }

  function cutAll(): void {
    for (const socket of sockets) socket.destroy();
  }

  const listener = createServer((client) => {
    if (mode === 'cut') {
      refused += 1;
      client.on('error', () => undefined).destroy();
      return;
    }
    const server = connect(target, '127.0.0.1');
    pipe(client, server);
    pipe(server, client);
  });
  listener.listen(0, '127.0.0.1');
  await once(listener, 'listening');
  const { port } = listener.address() as AddressInfo;
  return {
    port,
    through: (url) => Object.assign(new URL(url), { hostname: '127.0.0.1', port: String(port) }).href,
    forwardTo(next) {
      target = next;
    },
    cut() {
      mode = 'cut';
      cutAll();
    },
    stall() {
      mode = 'stalled';
    },
    delay(ms) {
      delayMs = ms;
    },
    restore() {
      if (mode === 'stalled') cutAll(); // What was swallowed is lost, so its connections are of no use any more.
      mode = 'open';
      delayMs = 0;
    },
    openConnections: () => sockets.size / 2,
    refusedConnections: () => refused,
    async close() {
      cutAll();
      if (listener.listening) await new Promise((resolve) => listener.close(resolve));
    },
  };
}
