import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import type { Logger } from '../lib/log';
import { stopRequested } from '../lib/shutdown';

/** A process that cannot start must not be started without pause. */
const AGAIN_AFTER_MS = 1000;

interface Ready {
  url: string;
}

/** Resolves when the process listens; rejects where it ended before. */
async function readyOf(worker: Worker): Promise<Ready> {
  const ended = once(worker, 'exit').then(() => {
    throw new Error('a web process ended at its start');
  });
  const [message] = (await Promise.race([once(worker, 'message'), ended])) as [Ready];
  ended.catch(() => undefined); // From here on it is replaced when it ends.
  return message;
}

async function stopAll(): Promise<boolean> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const ends = workers.map((worker) => once(worker.process, 'exit'));
  for (const worker of workers) worker.process.kill('SIGTERM');
  // One that was only just starting ends by the signal itself: it had nothing in hand.
  return (await Promise.all(ends)).every(([code, signal]) => code === 0 || signal === 'SIGTERM');
}

/**
 * Runs several web processes behind one port, replaces each that ends, and ends with them. This process serves nothing itself.
 * @param count how many
 * @param onReady called once, when all listen
 */
export async function runCluster(count: number, log: Logger, onReady: (url: string) => void): Promise<never> {
  let stopping = false;
  const stop = stopRequested();
  const workers = Array.from({ length: count }, () => cluster.fork());
  const [first] = await Promise.all(workers.map(readyOf));
  cluster.on('exit', (worker, code, signal) => {
    if (stopping) return;
    log.error({ pid: worker.process.pid, code, signal }, 'a web process ended; another takes its place');
    void wait(AGAIN_AFTER_MS).then(() => stopping || cluster.fork());
  });
  onReady(first?.url ?? '');
  const reason = await stop;
  stopping = true;
  log.info({ reason }, 'stopping');
  const clean = await stopAll();
  process.exit(clean ? 0 : 1);
}
