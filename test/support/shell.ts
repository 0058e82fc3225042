import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { NO_STACK, storesEnv, type CliResult } from './cli';
import type { TestDatabase } from './database';
import type { TestQueue } from './queue';

/** The command line program, quoted for a shell. */
export const CONV = `"${process.execPath}" "${join(__dirname, '../../bin/conv')}"`;

/** Returns a function that runs a command line in a real shell, with the stores of this test file. */
export function createShell(stores: TestDatabase, queue: TestQueue) {
  return async (line: string, env: NodeJS.ProcessEnv = {}): Promise<CliResult> => {
    const child = spawn('/bin/bash', ['-c', line], {
      stdio: ['ignore', 'pipe', 'pipe'],
      // Without HOME bash looks it up, which takes seconds on some machines.
      env: { PATH: process.env['PATH'], HOME: '/', CONV_HOME: NO_STACK, ...storesEnv(stores, queue), ...env },
    });
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    await once(child, 'close');
    return { code: child.exitCode, stdout, stderr };
  };
}

/** Returns a line that runs a command on a pseudo-terminal with `script`, which every Linux and macOS has. */
export function onTerminal(line: string, columns?: number): string {
  const command = columns === undefined ? line : `stty cols ${columns}; ${line}`;
  return process.platform === 'darwin'
    ? `script -q /dev/null /bin/sh -c '${command}'`
    : `script -qec '${command}' /dev/null`;
}
