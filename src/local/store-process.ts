import { spawn } from 'node:child_process';
import { closeSync, fstatSync, openSync, readFileSync } from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import { lastLines } from './files';
import { guard } from './guardian';
import { begin, endChild, endOf, type Life } from './life';
import { freePort } from './ports';
import { type Account, waitUntil } from './processes';

const READY_MS = 60_000;
const STOP_MS = 10_000;

/** A store that serves, and what it takes to launch it again on the same port. */
export interface RunningStore {
  name: string;
  url: string;
  port: number;
  life: Life;
  launch: () => Life;
}

export interface StoreProgram {
  name: string;
  command: string;
  args: readonly string[];
  env: NodeJS.ProcessEnv;
  cwd: string;
  account: Account | undefined;
  logFile: string;
  /** What stops this store, the kindest signal first. */
  signals: readonly NodeJS.Signals[];
  /** Whether the process with this id serves. */
  serves(pid: number): Promise<boolean>;
}

/**
 * Runs a store as a child in a session of its own, so that Ctrl-C, which reaches the whole group of the terminal,
 * does not stop it before web and worker. As a direct child its end is an event, and its id is not given to another
 * process before we know; a guardian stops it should we be killed.
 */
export function launchStore(program: StoreProgram): Life {
  const { name, command, args, env, cwd, account, logFile, signals } = program;
  const log = openSync(logFile, 'a', 0o600);
  const logStart = fstatSync(log).size;
  const child = spawn(command, args, { env, cwd, ...account, detached: true, stdio: ['ignore', log, log] });
  closeSync(log);
  const ended = endOf(child);
  const { pid } = child;
  const guardian = pid === undefined ? undefined : guard(pid, signals);
  const released = ended.then(() => guardian?.release());

  async function ready(): Promise<void> {
    let reason: string | undefined;
    void ended.then((why) => (reason = why));
    const settled = await waitUntil(
      async () => reason !== undefined || (pid !== undefined && (await program.serves(pid))),
      READY_MS,
    );
    if (settled && reason === undefined) return;
    const what =
      reason === undefined ? `did not answer within ${READY_MS / 1000} s` : `did not start (${reason})`;
    const said = lastLines(readFileSync(logFile).subarray(logStart).toString(), 8);
    throw new Error(`${name} ${what}; its log, ${logFile}, ends with:\n${said}`);
  }

  async function stop(): Promise<void> {
    await endChild(child, ended, signals, STOP_MS);
    await released;
  }

  return { ready, ended, stop };
}

/**
 * Launches a store on a free port and waits until it serves. Between choosing a port and listening on it someone
 * else may take it; then, and where the remains of a killed server still hold its memory, it is tried again.
 */
export async function launchOnFreePort(
  launch: (port: number) => Life | Promise<Life>,
): Promise<{ port: number; life: Life }> {
  for (let tries = 1; ; tries += 1) {
    const port = await freePort();
    try {
      return { port, life: await begin(await launch(port)) };
    } catch (error) {
      if (tries === 5 || !/\bin use\b/i.test((error as Error).message)) throw error;
      await pause(tries * 200);
    }
  }
}
