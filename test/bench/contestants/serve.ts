import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';

/** Stops what a contestant holds open, at SIGTERM. */
export function untilTold(stop: () => Promise<unknown>): void {
  process.once('SIGTERM', () => {
    void stop().finally(() => process.exit());
  });
  process.once('disconnect', () => process.exit());
}

/** Serves on a free port and says so. */
export function serve(app: Koa, stop: () => Promise<unknown>): void {
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  untilTold(stop);
}

/** A variable that the bench sets for each contestant. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
