import { execFile } from 'node:child_process';
import { setTimeout as pause } from 'node:timers/promises';
import { errorCode } from '../lib/errors';
import { readTextOrNull } from './files';

/** A user to run a program as; absent means as ourselves. Node also clears the supplementary groups. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

interface RunOptions {
  env: NodeJS.ProcessEnv;
  account?: Account | undefined;
  cwd?: string;
}

/** Runs a program to its end. Never rejects for what the program does: a program that is missing has code 127. */
export function run(
  command: string,
  args: readonly string[],
  options: RunOptions,
): Promise<{ code: number; output: string }> {
  const { env, account, cwd = '/' } = options;
  return new Promise((resolve) => {
    execFile(command, args, { env, cwd, maxBuffer: 64 << 20, ...account }, (error, stdout, stderr) => {
      const output = stdout + stderr;
      if (error === null) resolve({ code: 0, output });
      else if (typeof error.code === 'number') resolve({ code: error.code, output });
      else resolve({ code: 127, output: output + error.message });
    });
  });
}

/** Waits until the condition holds, looking often; false if it still does not after `ms`. */
export async function waitUntil(
  condition: () => boolean | Promise<boolean>,
  ms: number,
  everyMs = 20,
): Promise<boolean> {
  const end = Date.now() + ms;
  while (!(await condition())) {
    if (Date.now() >= end) return false;
    await pause(everyMs);
  }
  return true;
}

/** Whether some process, of whoever, has this id now. */
export function pidInUse(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

async function ps(column: string, pid: number): Promise<string> {
  const { code, output } = await run('ps', ['-o', `${column}=`, '-p', String(pid)], {
    env: { PATH: '/bin:/usr/bin', LC_ALL: 'C' },
  });
  return code === 0 ? output.trim() : '';
}

/** The command line of a process; empty where it has ended (also as a zombie that nobody has collected). */
export async function commandOf(pid: number): Promise<string> {
  if (!pidInUse(pid)) return '';
  if (process.platform !== 'linux') return ps('command', pid);
  return ((await readTextOrNull(`/proc/${pid}/cmdline`)) ?? '').replaceAll('\0', ' ').trim();
}

/** When a process began, in words of this system: with its id, this tells it from a later one with the same id. */
export async function beginOf(pid: number): Promise<string> {
  if (!pidInUse(pid)) return '';
  if (process.platform !== 'linux') return ps('lstart', pid);
  const stat = (await readTextOrNull(`/proc/${pid}/stat`)) ?? '';
  // The second field, a name in brackets, may itself hold spaces and brackets: count from behind it. See proc(5).
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return fields[0] === 'Z' ? '' : (fields[19] ?? '');
}

function signalIfThere(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (error) {
    if (errorCode(error) !== 'ESRCH') throw error;
  }
}

/**
 * Ends a process that is not our child, asking with one signal after the other.
 * @param isIt looks before every signal whether the id still belongs to the process that is meant
 * @returns whether it has ended
 */
export async function endProcess(
  pid: number,
  signals: readonly NodeJS.Signals[],
  isIt: () => Promise<boolean>,
): Promise<boolean> {
  for (const signal of signals) {
    if (!(await isIt())) return true;
    signalIfThere(pid, signal);
    if (await waitUntil(async () => !(await isIt()), 5_000)) return true;
  }
  return false;
}
