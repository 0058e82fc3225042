import { atEnd } from './cleanup';
import { openProxy, type Proxy } from './tcp-proxy';

export type { Proxy };

/** Opens a proxy to a local port; it closes at the end of the test file. */
export async function forward(to: number): Promise<Proxy> {
  const proxy = await openProxy(to);
  atEnd(() => proxy.close());
  return proxy;
}

/** Opens a proxy to the port of this URL. */
export function forwardTo(url: string): Promise<Proxy> {
  return forward(Number(new URL(url).port));
}
