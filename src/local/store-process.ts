import { spawn } from 'node:child_process';
import { closeSync, openSync, readFileSync, statSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { type Child, endReason, readyOrStopped, stopChild, waitUntilReady } from './child';
import { lastLines } from './files';
import { findFreePort } from './ports';
import type { Account } from './processes';
import { startWatchdog } from './watchdog';

const STOP_MS = 10_000;
/** A longer log is emptied at the next start. */
const MAX_LOG_BYTES = 10 << 20;

/** A store that serves, and how to start it again on the same port. */
export interface RunningStore {
  name: string;
  url: string;
  port: number;
  child: Child;
  restart: () => Child;
}

export interface StoreProgram {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  account: Account | undefined;
  logFile: string;
  /** The signals that stop this store, the gentlest first. */
  signals: readonly NodeJS.Signals[];
  /** Whether the store's process with this id accepts connections. */
  isReady(pid: number): Promise<boolean>;
}

/**
 * Starts a store as a child in its own session: Ctrl-C in a terminal signals our whole process group, and the stores
 * must outlive web and worker. A watchdog stops the store if we are killed.
 */
export function startStoreProcess(program: StoreProgram): Child {
  const { name, command, args, env, cwd, account, logFile, signals } = program;
  const logSize = statSync(logFile, { throwIfNoEntry: false })?.size ?? 0;
  const keepLog = logSize <= MAX_LOG_BYTES;
  const log = openSync(logFile, keepLog ? 'a' : 'w', 0o600);
  const child = spawn(command, args, { env, cwd, ...account, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = endReason(child);
  const { pid } = child;
  const watchdog = pid === undefined ? undefined : startWatchdog(pid, signals);
  const released = ended.then(() => watchdog?.release());
  const lastOutput = (): string => {
    const log = readFileSync(logFile).subarray(keepLog ? logSize : 0);
    return `${lastLines(log.toString(), 8)}\n(from ${logFile})`;
  };
  return {
    ready: () =>
      waitUntilReady(name, ended, async () => pid !== undefined && (await program.isReady(pid)), lastOutput),
    ended,
    async stop() {
      await stopChild(child, ended, signals, STOP_MS);
      await released;
    },
  };
}

/**
 * Starts a store on a free port and waits until it serves. Retries where another program took the port meanwhile, or
 * where shared memory of a killed server is still in use.
 */
export async function startOnFreePort(
  start: (port: number) => Child | Promise<Child>,
): Promise<{ port: number; child: Child }> {
  for (let attempt = 1; ; attempt += 1) {
    const port = await findFreePort();
    try {
      return { port, child: await readyOrStopped(await start(port)) };
    } catch (error) {
      if (attempt === 5 || !/\bin use\b/i.test((error as Error).message)) throw error;
      await pause(attempt * 200);
    }
  }
}
