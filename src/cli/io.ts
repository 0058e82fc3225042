import type { Readable, Writable } from 'node:stream';

/** Everything that a command uses of its process. Tests pass their own and run commands in process. */
export interface Io {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  env: NodeJS.ProcessEnv;
  cwd: string;
  stdoutIsTerminal: boolean;
  stderrIsTerminal: boolean;
  /** True if there is a person who can answer a question. */
  canPrompt: boolean;
  useColor: boolean;
}

/** Returns the streams and the surroundings of this process. */
export function processIo(env: NodeJS.ProcessEnv): Io {
  const { stdin, stdout, stderr } = process;
  return {
    stdin,
    stdout,
    stderr,
    env,
    cwd: process.cwd(),
    stdoutIsTerminal: stdout.isTTY,
    stderrIsTerminal: stderr.isTTY,
    canPrompt: stdin.isTTY && stderr.isTTY,
    useColor: stdout.isTTY && !env['NO_COLOR'],
  };
}

/** Prints a line of data on standard output. */
export function printLine(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}

/** Prints a line for the operator on standard error, so that it never mixes with data. */
export function printNotice(io: Io, line: string): void {
  io.stderr.write(`${line}\n`);
}
