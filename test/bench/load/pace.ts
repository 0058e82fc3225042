import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from './connection';
import { createMeasure } from './measure';
import type { LoadResult } from './job';

/** Timers count whole milliseconds, which would send bursts. This sleeps for less, without occupying a core. */
const nap = new Int32Array(new SharedArrayBuffer(4));
const LONGEST_NAP_MS = 0.2;

/**
 * Sends requests at a constant rate, whether or not responses come (open loop). A request without a free connection waits, and
 * its latency includes the wait: it counts from the planned time.
 * @param rate requests a second
 * @param requestOf creates the n-th request; all requests of a long run would not fit into memory
 */
export async function pace(
  connections: Connection[],
  rate: number,
  count: number,
  requestOf: (n: number) => Buffer,
): Promise<LoadResult> {
  const free = [...connections];
  const measure = createMeasure(count);
  const began = performance.now();
  const dueAt = (n: number) => began + (n * 1000) / rate;
  let sent = 0;
  let answers = 0;
  const failures: string[] = [];
  let wake: () => void = () => undefined;
  const nextAnswer = () => new Promise<void>((resolve) => (wake = resolve));
  while (answers < count && failures.length === 0) {
    for (let now = performance.now(); sent < count && dueAt(sent) <= now && free.length > 0; sent++) {
      const connection = free.pop() as Connection;
      const due = dueAt(sent);
      connection.send(requestOf(sent), (status) => {
        if (status.length !== 3) failures.push(status);
        measure.answered(due, status);
        answers += 1;
        free.push(connection);
        wake();
      });
      now = performance.now();
    }
    await (free.length > 0 ? nextTurn() : nextAnswer()); // Polling would take a core from the server.
    const idle = sent < count ? dueAt(sent) - performance.now() : LONGEST_NAP_MS;
    if (idle > 0.05) Atomics.wait(nap, 0, 0, Math.min(idle, LONGEST_NAP_MS));
  }
  if (failures.length > 0) throw new Error(`a connection was ${failures.join(', ')}`);
  return measure.result();
}
