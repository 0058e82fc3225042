import { atEnd } from './cleanup';
import { openProxy, type Proxy } from './tcp-proxy';

export type { Proxy };

/** Forwards a free local port to a port of this machine; closed at the end of the test file. */
export async function forward(to: number): Promise<Proxy> {
  const proxy = await openProxy(to);
  atEnd(() => proxy.close());
  return proxy;
}

/** A proxy to whatever this URL names. */
export function forwardTo(url: string): Promise<Proxy> {
  return forward(Number(new URL(url).port));
}
