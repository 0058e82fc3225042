import type { Io } from './io';

const SHOW_AFTER_MS = 1000;
const EVERY_MS = 200;

/** A line on standard error that counts: only for a person, and only where work takes longer than a second. */
export function progressOf(io: Io, verb: string, total: number): { show(done: number): void; end(): void } {
  const began = Date.now();
  let last = began;
  let shown = false;
  return {
    show(done) {
      const now = Date.now();
      if (!io.canAsk || now - began < SHOW_AFTER_MS || now - last < EVERY_MS) return;
      last = now;
      shown = true;
      io.err.write(`\r${verb} ${done} of ${total}`);
    },
    end() {
      if (shown) io.err.write('\r\u001b[K');
    },
  };
}
