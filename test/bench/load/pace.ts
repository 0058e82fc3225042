import { setImmediate as breathe } from 'node:timers/promises';
import type { Connection } from './connection';
import { createMeasure } from './measure';
import type { LoadResult } from './job';

/** Timers are whole milliseconds, which would send in bursts; this sleeps for less, and gives the core away meanwhile. */
const nap = new Int32Array(new SharedArrayBuffer(4));
const LONGEST_NAP_MS = 0.2;

/**
 * Sends so many requests a second, spread evenly, whether or not answers come: the open loop. A request that finds no free
 * connection waits, and its wait counts, since its latency is from when it was to be sent.
 * @param requestOf makes the n-th request; a long run has no room for all of them
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
  const broken: string[] = [];
  let wake: () => void = () => undefined;
  const nextAnswer = () => new Promise<void>((resolve) => (wake = resolve));
  while (answers < count && broken.length === 0) {
    for (let now = performance.now(); sent < count && dueAt(sent) <= now && free.length > 0; sent++) {
      const connection = free.pop() as Connection;
      const due = dueAt(sent);
      connection.send(requestOf(sent), (status) => {
        if (status.length !== 3) broken.push(status);
        measure.answered(due, status);
        answers += 1;
        free.push(connection);
        wake();
      });
      now = performance.now();
    }
    await (free.length > 0 ? breathe() : nextAnswer()); // To look on meanwhile would take a core from whoever is to answer.
    const idle = sent < count ? dueAt(sent) - performance.now() : LONGEST_NAP_MS;
    if (idle > 0.05) Atomics.wait(nap, 0, 0, Math.min(idle, LONGEST_NAP_MS));
  }
  if (broken.length > 0) throw new Error(`a connection was ${broken.join(', ')}`);
  return measure.result();
}
