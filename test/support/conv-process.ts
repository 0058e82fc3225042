import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NO_STACK, splitLines } from './cli';
import { atEnd } from './cleanup';

/** A `conv` command that runs until it is stopped. */
export interface ConvProcess {
  lines(): string[];
  stderr(): string;
  /** Sends a signal (SIGTERM) and returns the exit code, or the signal that ended the process. */
  stop(signal?: NodeJS.Signals): Promise<number | string | null>;
  /** Waits for the end and returns the exit code, or the signal that ended the process. */
  ended(): Promise<number | string | null>;
  isRunning(): boolean;
}

/** Starts `conv` in a process of its own, which ends with the test file at the latest. */
export function startConv(args: readonly string[], env: NodeJS.ProcessEnv): ConvProcess {
  const child = spawn(process.execPath, [join(__dirname, '../../bin/conv'), ...args], {
    env: { PATH: process.env['PATH'], CONV_HOME: NO_STACK, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  const closed = once(child, 'close').then(() => child.exitCode ?? child.signalCode);
  const stop = (signal: NodeJS.Signals = 'SIGTERM') => {
    child.kill(signal);
    return closed;
  };
  atEnd(stop);
  return {
    lines: () => splitLines(stdout),
    stderr: () => stderr,
    stop,
    ended: () => closed,
    isRunning: () => child.exitCode === null && child.signalCode === null,
  };
}
