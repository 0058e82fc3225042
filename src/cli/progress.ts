import type { Io } from './io';

const SHOW_AFTER_MS = 1000;
const UPDATE_INTERVAL_MS = 200;

export interface Progress {
  /** @param note what the work waits for */
  update(done: number, note?: string): void;
  /** Removes the line, at the end or before other output. */
  finish(): void;
}

/**
 * Returns a counter on standard error, shown only on a terminal and only if the work takes longer than a second.
 * @param total null if it is not known
 */
export function createProgress(io: Io, verb: string, total: number | null): Progress {
  const startedAt = Date.now();
  let updatedAt = startedAt;
  let isVisible = false;
  return {
    update(done, note = '') {
      const now = Date.now();
      const isSoon = now - updatedAt < UPDATE_INTERVAL_MS && note === '';
      if (!io.stderrIsTerminal || now - startedAt < SHOW_AFTER_MS || isSoon) return;
      updatedAt = now;
      isVisible = true;
      const count = total === null ? done : `${done} of ${total}`;
      io.stderr.write(`\r\u001b[K${verb} ${count}${note && `, ${note}`}`);
    },
    finish() {
      if (isVisible) io.stderr.write('\r\u001b[K');
      isVisible = false;
    },
  };
}
