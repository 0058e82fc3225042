import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { endReason } from '../../../src/local/child';
import type { DevFile } from '../../../src/local/dev-file';
import { eventually } from '../../support/eventually';

/** A process that runs a stack, at the head of its own process group as under a shell. */
export class StackProcess {
  readonly #child: ChildProcess;
  readonly ended: Promise<string>;
  /** What it has reported so far. */
  log = '';
  #out = '';

  constructor(home: string, env: NodeJS.ProcessEnv = {}, wrapper: readonly string[] = []) {
    const [command, ...args] = [...wrapper, process.execPath, join(__dirname, 'run-stack.js'), home];
    const child = spawn(command, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (data: Buffer) => (this.#out += data.toString()));
    child.stderr.on('data', (data: Buffer) => (this.log += data.toString()));
    this.#child = child;
    this.ended = endReason(child);
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Returns dev.json once everything is ready. */
  async ready(): Promise<DevFile> {
    await eventually(() => !this.isRunning || this.#out.includes('\n'));
    if (!this.#out.includes('\n')) throw new Error(`the stack did not start: ${this.log}`);
    return JSON.parse(this.#out) as DevFile;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  kill(signal: NodeJS.Signals): void {
    process.kill(this.pid, signal);
  }

  /** Does what Ctrl-C in a terminal does: signals every process of the group. */
  pressCtrlC(): void {
    process.kill(-this.pid, 'SIGINT');
  }

  async stop(): Promise<string> {
    this.kill('SIGTERM');
    return this.ended;
  }
}
