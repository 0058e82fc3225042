import type { Readable, Writable } from 'node:stream';
import { escapeUnsafe } from './terminal-text';

/** Everything that a command uses of its process. Tests pass their own and run commands in process. */
export interface Io {
  stdin: Readable;
  stdout: Writable;
  stderr: Writable;
  env: NodeJS.ProcessEnv;
  cwd: string;
  stdoutIsTerminal: boolean;
  stderrIsTerminal: boolean;
  /** The cells of a line of the terminal at standard output, if it is one and says so. Changes with its window. */
  readonly terminalWidth?: number | undefined;
  /** The lines of that terminal. */
  readonly terminalHeight?: number | undefined;
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
    get terminalWidth() {
      return stdout.isTTY && stdout.columns > 0 ? stdout.columns : undefined;
    },
    get terminalHeight() {
      return stdout.isTTY && stdout.rows > 0 ? stdout.rows : undefined;
    },
    canPrompt: stdin.isTTY && stderr.isTTY,
    useColor: stdout.isTTY && !env['NO_COLOR'] && env['TERM'] !== 'dumb',
  };
}

/** Prints a line of data on standard output. */
export function printLine(io: Io, line: string): void {
  io.stdout.write(`${line}\n`);
}

/** Returns data as standard output shows it: on a terminal, characters that could change what it shows are escaped. */
export function outputText(io: Io, text: string): string {
  return io.stdoutIsTerminal ? escapeUnsafe(text) : text;
}

/** Returns a message as standard error shows it, escaped as {@link outputText} does. */
export function noticeText(io: Io, text: string): string {
  return io.stderrIsTerminal ? escapeUnsafe(text) : text;
}

/** Prints a line for the operator on standard error, so that it never mixes with data. */
export function printNotice(io: Io, line: string): void {
  io.stderr.write(`${noticeText(io, line)}\n`);
}
