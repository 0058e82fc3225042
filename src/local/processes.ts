import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../lib/errors';
import { readTextOrNull } from './files';

/** A user to run a program as. Node also clears the supplementary groups. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface RunOptions {
  env: NodeJS.ProcessEnv;
  /** Our own user if absent. */
  account?: Account | undefined;
  cwd?: string;
}

/** Runs a program to its end and returns its exit code and output. A program that cannot be started has code 127. */
export function run(
  command: string,
  args: readonly string[],
  { env, account, cwd = '/' }: RunOptions,
): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd, maxBuffer: 64 << 20, ...account }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error === null) resolve({ code: 0, output });
      else if (typeof error.code === 'number') resolve({ code: error.code, output });
      else resolve({ code: 127, output: output + error.message });
    });
  });
}

/** Polls until the condition is true. Returns false if it is not true within `ms`. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  ms: number,
  pollMs = 20,
): Promise<boolean> {
  const deadline = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() >= deadline) return false;
    await pause(pollMs);
  }
  return true;
}

/** Whether a process of any user has this id. */
export function isPidInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

// Linux is read from /proc, because slim container images have no ps.
async function ps(column: string, pid: number): Promise<string> {
  const env = { PATH: '/bin:/usr/bin', LC_ALL: 'C' };
  const { code, output } = await run('ps', ['-o', `${column}=`, '-p', String(pid)], { env });
  return code === 0 ? output.trim() : '';
}

/** Returns a process's command line, or '' if it has ended. */
export async function commandLine(pid: number): Promise<string> {
  if (!isPidInUse(pid)) return '';
  if (process.platform !== 'linux') return ps('command', pid);
  return ((await readTextOrNull(`/proc/${pid}/cmdline`)) ?? '').replaceAll('\0', ' ').trim();
}

/** Returns when a process started, as the system writes it, or '' if it has ended. Process ids are reused; id and start time are not. */
export async function startTime(pid: number): Promise<string> {
  if (!isPidInUse(pid)) return '';
  if (process.platform !== 'linux') return ps('lstart', pid);
  const stat = (await readTextOrNull(`/proc/${pid}/stat`)) ?? '';
  // proc(5): the second field is the name in brackets and can contain spaces and brackets. State is field 3, start time field 22.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

function sendSignal(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error; // It has ended meanwhile.
  }
}

/**
 * Stops a process that is not our child, with one signal after the other.
 * @param isRunning checked before every signal, because the id may by now belong to another process
 * @throws Error if it cannot be stopped
 */
export async function stopProcess(
  name: string,
  pid: number,
  signals: readonly NodeJS.Signals[],
  isRunning: () => Promise<boolean>,
): Promise<void> {
  for (const signal of signals) {
    if (!(await isRunning())) return;
    sendSignal(pid, signal);
    if (await waitUntil(async () => !(await isRunning()), 5_000)) return;
  }
  throw new Error(`${name} (process ${pid}) is still running and cannot be stopped: stop it yourself`);
}

/**
 * Resolves when the process that started us has ended. A killed `npm` sends no signal, so the only sign is that we have
 * a new parent. Does not keep this process alive.
 */
export function parentExit(): Promise<void> {
  const parent = process.ppid;
  return new Promise((resolve) => {
    const timer = setInterval(() => {
      if (process.ppid === parent) return;
      clearInterval(timer);
      resolve();
    }, 1_000);
    timer.unref();
  });
}
