import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import type Koa from 'koa';

/** Stops the contestant at SIGTERM, and when the bench ends. */
export function stopOnSigterm(stop: () => Promise<unknown>): void {
  process.once('SIGTERM', () => {
    void stop().finally(() => process.exit());
  });
  process.once('disconnect', () => process.exit());
}

/** Serves on a free port and sends its URL to the bench. */
export function serve(app: Koa, stop: () => Promise<unknown>): void {
  const handle = app.callback();
  const server = createServer((request, response) => void handle(request, response));
  server.listen(0, '127.0.0.1', () => {
    process.send?.({ url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` });
  });
  stopOnSigterm(stop);
}

/** Reads an environment variable that the bench sets for each contestant. */
export function setting(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new Error(`${name} is not set`);
  return value;
}
