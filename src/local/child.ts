import { type ChildProcess, fork } from 'node:child_process';
import { withDeadline } from '../lib/shutdown';
import { lastLines } from './files';
import { waitUntil } from './processes';

const READY_MS = 60_000;

/** A process that we started: a store, web or worker. */
export interface Child {
  /** Resolves when it serves. Rejects with one clear message if it ends first or takes too long. */
  ready(): Promise<void>;
  /** Resolves with the reason when it has ended. Never rejects. */
  readonly ended: Promise<string>;
  /** Stops it and resolves when it has ended. */
  stop(): Promise<void>;
}

/** Resolves when a child has ended, with its signal, its exit code, or why it could not be started. */
export function endReason(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve(signal ?? `exit code ${code}`));
    child.once('error', (error) => resolve(error.message));
  });
}

/** Stops a child with one signal after the other, waiting `msEach` after each. */
export async function stopChild(
  child: ChildProcess,
  ended: Promise<string>,
  signals: readonly NodeJS.Signals[],
  msEach: number,
): Promise<void> {
  for (const signal of signals) {
    child.kill(signal);
    if (await withDeadline(ended, msEach)) return;
  }
}

/**
 * Polls until the child serves.
 * @param lastOutput returns what the child printed last, for the end of the error message
 * @throws Error if the child ends first or is not ready within a minute
 */
export async function waitUntilReady(
  name: string,
  ended: Promise<string>,
  isReady: () => boolean | Promise<boolean>,
  lastOutput: () => string,
): Promise<void> {
  let reason: string | undefined;
  void ended.then((why) => (reason = why));
  const settled = await waitUntil(async () => reason !== undefined || (await isReady()), READY_MS);
  if (settled && reason === undefined) return;
  const failure = reason ?? `not ready within ${READY_MS / 1000} s`;
  throw new Error(`${name} did not start (${failure}):\n${lastLines(lastOutput(), 9)}`.trim());
}

/** Waits until a child is ready, and stops it if it does not get ready. */
export async function readyOrStopped<C extends Child>(child: C): Promise<C> {
  try {
    await child.ready();
    return child;
  } catch (error) {
    await child.stop();
    throw error;
  }
}

export interface Script {
  name: string;
  path: string;
  nodeFlags: readonly string[];
  env: NodeJS.ProcessEnv;
  /** How long it may take to stop after SIGTERM. */
  stopMs: number;
  /** Polled after the script has sent its message that it is ready. */
  isReady: (message: ReadyMessage) => boolean | Promise<boolean>;
}

interface ReadyMessage {
  ready: true;
  url?: string;
}

/**
 * Starts one of our own scripts, which sends `{ ready: true, url? }` by IPC and ends when the IPC channel closes. It
 * gets its own process group, so that Ctrl-C in a terminal reaches only us and we stop everything in order.
 */
export function startScript({ name, path, nodeFlags, env, stopMs, isReady }: Script): Child {
  const child = fork(path, [], {
    env,
    execArgv: [...nodeFlags],
    detached: true,
    stdio: ['ignore', 'inherit', 'pipe', 'ipc'],
  });
  const ended = endReason(child);
  let errors = '';
  child.stderr?.on('data', (data: Buffer) => {
    errors = (errors + data.toString()).slice(-4_000);
    process.stderr.write(data);
  });
  let received: ReadyMessage | undefined;
  child.once('message', (message) => (received = message as ReadyMessage));
  return {
    ready: () =>
      waitUntilReady(
        name,
        ended,
        () => received !== undefined && isReady(received),
        () => errors,
      ),
    ended,
    stop: () => stopChild(child, ended, ['SIGTERM', 'SIGKILL'], stopMs),
  };
}
