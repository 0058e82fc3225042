import type { Readable, Writable } from 'node:stream';

/** What a command may touch of its surroundings; handed in, so that behaviour can be tried without a process. */
export interface Io {
  out: Writable;
  err: Writable;
  in: Readable;
  env: NodeJS.ProcessEnv;
  cwd: string;
  /** Whether a person reads standard output. */
  outIsTerminal: boolean;
  /** Whether a person can be asked. */
  canAsk: boolean;
  colour: boolean;
}

/** The real process's. */
export function processIo(env: NodeJS.ProcessEnv): Io {
  const outIsTerminal = process.stdout.isTTY;
  return {
    out: process.stdout,
    err: process.stderr,
    in: process.stdin,
    env,
    cwd: process.cwd(),
    outIsTerminal,
    canAsk: process.stdin.isTTY && process.stderr.isTTY,
    colour: outIsTerminal && !env['NO_COLOR'],
  };
}

/** One line of data. */
export function printLine(io: Io, line: string): void {
  io.out.write(`${line}\n`);
}

/** One line for the person, never part of the data. */
export function printNotice(io: Io, line: string): void {
  io.err.write(`${line}\n`);
}
