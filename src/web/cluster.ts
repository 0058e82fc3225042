import cluster, { type Worker } from 'node:cluster';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../lib/log';
import { stopRequested, withDeadline } from '../lib/shutdown';

/** Keeps a process that fails at start from being restarted in a tight loop. */
const RESTART_DELAY_MS = 1000;

interface ReadyMessage {
  url: string;
}

/** Resolves when the process listens. Rejects if it ends first. */
async function waitUntilReady(worker: Worker): Promise<ReadyMessage> {
  const ended = once(worker, 'exit').then(() => {
    throw new Error('a web process ended at start');
  });
  const [message] = (await Promise.race([once(worker, 'message'), ended])) as [ReadyMessage];
  ended.catch(() => undefined); // From now on a process that ends is replaced.
  return message;
}

/** Each process gives up after its deadline by itself, and says so. */
const KILL_MARGIN_MS = 1000;

/** Stops all processes, and kills those that have not ended a moment after `deadlineMs`. @returns whether all of them ended cleanly */
async function stopAll(deadlineMs: number): Promise<boolean> {
  const workers = Object.values(cluster.workers ?? {}).filter((worker) => worker !== undefined);
  const exits = Promise.all(workers.map((worker) => once(worker.process, 'exit')));
  for (const worker of workers) worker.process.kill('SIGTERM');
  if (!(await withDeadline(exits, deadlineMs + KILL_MARGIN_MS)))
    for (const worker of workers) worker.process.kill('SIGKILL');
  // SIGTERM ends a process that is still starting; it has no requests yet, so that is a clean stop too.
  return (await exits).every(([code, signal]) => code === 0 || signal === 'SIGTERM');
}

/**
 * Runs several web processes behind one port, replaces each that ends, and stops them all when asked to stop, also while they are
 * still starting. This process itself serves no requests.
 * @param count the number of web processes
 * @param shutdownMs how long they may take to stop
 * @param onReady called once, when all of them listen
 */
export async function runCluster(
  { count, shutdownMs }: { count: number; shutdownMs: number },
  log: Logger,
  onReady: (url: string) => void,
): Promise<never> {
  let stopping = false;
  const stop = stopRequested();
  const workers = Array.from({ length: count }, () => cluster.fork());
  const listening = Promise.all(workers.map(waitUntilReady)).then(([first]) => {
    cluster.on('exit', (worker, code, signal) => {
      if (stopping) return;
      log.error({ pid: worker.process.pid, code, signal }, 'a web process ended and is replaced');
      void pause(RESTART_DELAY_MS).then(() => stopping || cluster.fork());
    });
    if (!stopping) onReady(first?.url ?? '');
  });
  await Promise.race([listening, stop]);
  const reason = await stop;
  stopping = true;
  listening.catch(() => undefined); // A process that was still starting ends now.
  log.info({ reason }, 'stopping');
  const clean = await stopAll(shutdownMs);
  log.info({ clean }, 'stopped');
  process.exit(clean ? 0 : 1);
}
