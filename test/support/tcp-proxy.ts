import { once } from 'node:events';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';

/** A TCP proxy that can be interrupted while the server runs on. */
export interface Proxy {
  port: number;
  /** Returns the URL with the address of this proxy. */
  through(url: string): string;
  /** Forwards new connections to another local port. */
  forwardTo(port: number): void;
  /** Closes every connection and refuses new ones. */
  cut(): void;
  /** Keeps every connection open but forwards nothing, like a server that hangs. */
  stall(): void;
  /** Forwards every chunk after a delay, in order. */
  delay(ms: number): void;
  restore(): void;
  /** Returns the number of open connections. */
  openConnections(): number;
  /** Returns the number of connections that were refused. */
  refusedConnections(): number;
  close(): Promise<void>;
}

interface Delayed {
  due: number;
  run: () => void;
}

/** Returns a function that runs callbacks in order, each after its delay. */
function createDelayLine(): (ms: number, run: () => void) => void {
  const waiting: Delayed[] = [];

  function drain(): void {
    for (let next = waiting[0]; next && next.due <= Date.now(); next = waiting[0]) {
      waiting.shift();
      next.run();
    }
    if (waiting[0]) setTimeout(drain, Math.max(1, waiting[0].due - Date.now()));
  }

  return (ms, run) => {
    if (ms === 0 && waiting.length === 0) {
      run();
      return;
    }
    waiting.push({ due: Math.max(Date.now() + ms, waiting.at(-1)?.due ?? 0), run });
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
    const delayed = createDelayLine();
    sockets.add(from);
    from.setNoDelay(true);
    from.on('data', (chunk) => {
      if (mode === 'open') delayed(delayMs, () => !into.destroyed && into.write(chunk));
    });
    from.on('error', () => from.destroy());
    from.on('close', () => {
      sockets.delete(from);
      delayed(0, () => into.destroySoon());
    });
  }

  function closeAll(): void {
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
      closeAll();
    },
    stall() {
      mode = 'stalled';
    },
    delay(ms) {
      delayMs = ms;
    },
    restore() {
      if (mode === 'stalled') closeAll(); // Chunks were dropped, so the connections cannot continue.
      mode = 'open';
      delayMs = 0;
    },
    openConnections: () => sockets.size / 2,
    refusedConnections: () => refused,
    async close() {
      closeAll();
      if (listener.listening) await new Promise((resolve) => listener.close(resolve));
    },
  };
}
