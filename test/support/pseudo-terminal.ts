import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { NO_STACK } from './cli';
import { atEnd } from './cleanup';
import { onTerminal } from './shell';

/** A command on a pseudo-terminal. */
export interface PseudoTerminal {
  /** Everything that the terminal has received. */
  output(): string;
  /** What the terminal shows: the output since it was last cleared. */
  screen(): string;
  /** Presses Ctrl-C and returns the exit code, as a shell would see it. */
  interrupt(): Promise<number | null>;
}

const CTRL_C = '\u0003';
const CLEAR_SCREEN = '\u001b[H\u001b[J';

/** Runs a command line on a pseudo-terminal of this size, until the end of the test file at the latest. */
export function openTerminal(
  line: string,
  env: NodeJS.ProcessEnv,
  size: { rows?: number; columns?: number } = {},
): PseudoTerminal {
  const { rows = 24, columns = 200 } = size;
  const sized = onTerminal(`stty rows ${rows} cols ${columns}; exec ${line}`);
  const child = spawn('/bin/bash', ['-c', `exec ${sized}`], {
    // Without HOME bash looks it up, which takes seconds on some machines.
    env: { PATH: process.env['PATH'], HOME: '/', CONV_HOME: NO_STACK, TERM: 'xterm', NO_COLOR: '1', ...env },
  });
  let output = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const closed = once(child, 'close').then(() => child.exitCode);
  atEnd(() => {
    child.kill('SIGKILL'); // The terminal hangs up, which ends the command.
    return closed;
  });
  return {
    output: () => output,
    screen: () => output.slice(output.lastIndexOf(CLEAR_SCREEN) + 1),
    interrupt() {
      child.stdin.write(CTRL_C);
      return closed;
    },
  };
}
