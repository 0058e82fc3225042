import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { join } from 'node:path';
import type { DevFile } from '../../../src/local/dev-file';
import { endOf } from '../../../src/local/life';
import { beginOf, commandOf, waitUntil } from '../../../src/local/processes';

/** A process as it was seen: id, start and command line, so that a later one with its id is not taken for it. */
export interface Seen {
  pid: number;
  begin: string;
  command: string;
}

/** The living children of a process, oldest first. */
export async function childrenOf(parent: number): Promise<Seen[]> {
  const lines = execFileSync('ps', ['-A', '-o', 'pid=', '-o', 'ppid=']).toString().trim().split('\n');
  const pairs = lines.map((line) => line.trim().split(/\s+/).map(Number));
  const pids = pairs.flatMap(([pid, ppid]) => (pid !== undefined && ppid === parent ? [pid] : []));
  const seen = await Promise.all(
    pids.map(async (pid) => ({ pid, begin: await beginOf(pid), command: await commandOf(pid) })),
  );
  return seen.filter(({ begin, command }) => begin !== '' && !command.startsWith('ps -A'));
}

/** Those of the processes that live after some time was given to end. */
export async function survivors(processes: readonly Seen[]): Promise<Seen[]> {
  const living = async (): Promise<Seen[]> => {
    const begins = await Promise.all(processes.map(({ pid }) => beginOf(pid)));
    return processes.filter(({ begin }, index) => begins[index] === begin);
  };
  await waitUntil(async () => (await living()).length === 0, 60_000);
  return living();
}

/** A process of its own, at the head of its own group as under a shell, that runs a stack on the home. */
export class StackProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<string>;
  said = '';
  #out = '';

  constructor(home: string, env: NodeJS.ProcessEnv = {}, wrapper: readonly string[] = []) {
    const [command, ...args] = [...wrapper, process.execPath, join(__dirname, 'run-stack.js'), home];
    const child = spawn(command, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (data: Buffer) => (this.#out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.said += data.toString()));
    this.#child = child;
    this.ended = endOf(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** The dev file, once everything is ready. */
  async ready(): Promise<DevFile> {
    let end: string | undefined;
    void this.ended.then((reason) => (end = reason));
    await waitUntil(() => end !== undefined || this.#out.includes('\n'), 60_000);
    if (!this.#out.includes('\n')) throw new Error(`no stack (${end ?? 'still starting'}): ${this.said}`);
    return JSON.parse(this.#out) as DevFile;
  }

  get alive(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** What Ctrl-C does: every process of the terminal's group gets it. */
  ctrlC(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  async stop(): Promise<string> {
    this.kill('SIGTERM');
    return this.ended;
  }
}
