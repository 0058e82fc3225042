import type { Io } from './io';
import { formatDuration, formatNumber } from './numbers';

const SHOW_AFTER_MS = 1000;
const UPDATE_INTERVAL_MS = 200;

export interface Progress {
  /** @param note what the work waits for */
  update(done: number, note?: string): void;
  /** Removes the line, at the end or before other output. */
  finish(): void;
}

/** How far some work is. */
export interface Count {
  done: number;
  /** Null if it is not known. */
  total: number | null;
  /** A second; 0 if it is not known. */
  rate: number;
}

/** Returns `1,200 of 5,000, 310/s, 13 s left`; without what is not known. */
export function describeProgress({ done, total, rate }: Count): string {
  const count = total === null ? formatNumber(done) : `${formatNumber(done)} of ${formatNumber(total)}`;
  if (rate < 0.05) return count;
  const left = total === null ? '' : `, ${formatDuration((total - done) / rate)} left`;
  return `${count}, ${formatNumber(rate)}/s${left}`;
}

/**
 * Returns a counter on standard error, shown only on a terminal and only if the work takes longer than a second. The rate is the
 * average since the first update.
 * @param total null if it is not known
 */
export function createProgress(io: Io, verb: string, total: number | null): Progress {
  const startedAt = Date.now();
  let first: { at: number; done: number } | undefined;
  let updatedAt = startedAt;
  let lastNote = '';
  let isVisible = false;
  return {
    update(done, note = '') {
      const now = Date.now();
      first ??= { at: now, done };
      const isNewNote = note !== '' && lastNote === '';
      const isSoon = now - updatedAt < UPDATE_INTERVAL_MS && !isNewNote;
      if (!io.stderrIsTerminal || now - startedAt < SHOW_AFTER_MS || isSoon) return;
      updatedAt = now;
      lastNote = note;
      isVisible = true;
      const rate = now > first.at ? ((done - first.done) * 1000) / (now - first.at) : 0;
      io.stderr.write(`\r\u001b[K${verb} ${describeProgress({ done, total, rate })}${note && `, ${note}`}`);
    },
    finish() {
      if (isVisible) io.stderr.write('\r\u001b[K');
      isVisible = false;
    },
  };
}
