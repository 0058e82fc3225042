import type { Io } from './io';

const SHOW_AFTER_MS = 1000;
const UPDATE_INTERVAL_MS = 200;

export interface Progress {
  update(done: number): void;
  /** Removes the line. */
  finish(): void;
}

/** Returns a counter on standard error, shown only on a terminal and only if the work takes longer than a second. */
export function createProgress(io: Io, verb: string, total: number): Progress {
  const startedAt = Date.now();
  let updatedAt = startedAt;
  let isVisible = false;
  return {
    update(done) {
      const now = Date.now();
      if (!io.stderrIsTerminal || now - startedAt < SHOW_AFTER_MS || now - updatedAt < UPDATE_INTERVAL_MS)
        return;
      updatedAt = now;
      isVisible = true;
      io.stderr.write(`\r${verb} ${done} of ${total}`);
    },
    finish() {
      if (isVisible) io.stderr.write('\r\u001b[K');
    },
  };
}
