import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NO_STACK, storesEnv } from './cli';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
import { descendants } from './process-table';
import type { TestQueue } from './queue';

const run = promisify(execFile);
const BIN = join(__dirname, '../../bin');
const SHELL = "exec env PS1='$ ' /bin/bash --norc --noprofile";
let count = 0;

/** A terminal as a person has it: a screen of a fixed size, and keys. */
export interface Terminal {
  /** Types a line and presses Enter. */
  type: (line: string) => Promise<void>;
  /** Presses a key by tmux's name for it, for example `C-c`. */
  press: (key: string) => Promise<void>;
  /** Presses Ctrl-C and returns the exit code of the command. */
  interrupt: () => Promise<number>;
  /** Gives the window another size. */
  resize: (columns: number, rows: number) => Promise<void>;
  /** Sends a signal to the process of this command line that the shell runs. */
  signal: (command: string, signal: NodeJS.Signals) => Promise<void>;
  /** Waits until the screen matches. Returns its lines, without the empty ones at the end. */
  screen: (expected: RegExp) => Promise<string[]>;
}

/**
 * Opens a shell in tmux with this many columns and lines, with the stores of this test file. `conv` is on its path. It ends with the
 * test file.
 */
export async function openTerminal(
  stores: TestDatabase,
  queue: TestQueue,
  columns: number,
  rows = 24,
): Promise<Terminal> {
  const socket = `conv-test-${process.pid}-${++count}`;
  const PATH = [BIN, process.env['PATH']].join(':');
  const env = { PATH, HOME: '/', CONV_HOME: NO_STACK, NO_COLOR: '1', ...storesEnv(stores, queue) };
  const tmux = (...args: string[]) => run('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env });
  await tmux('new-session', '-d', '-x', String(columns), '-y', String(rows), SHELL);
  atEnd(() => tmux('kill-server'));
  const press = async (key: string) => {
    await tmux('send-keys', key);
  };
  const type = async (line: string) => {
    await tmux('send-keys', '-l', line);
    await press('Enter');
  };
  const screen = (expected: RegExp) =>
    eventually(async () => {
      const { stdout } = await tmux('capture-pane', '-p');
      if (!expected.test(stdout))
        throw new Error(`the screen does not match ${String(expected)}:\n${stdout}`);
      return stdout.trimEnd().split('\n');
    });
  const interrupt = async () => {
    await press('C-c');
    await type('echo "exit $?"');
    const line = (await screen(/^exit \d+$/m)).find((one) => one.startsWith('exit '));
    return Number(line?.slice('exit '.length));
  };
  const resize = async (toColumns: number, toRows: number) => {
    await tmux('resize-window', '-x', String(toColumns), '-y', String(toRows));
  };
  const signal = async (command: string, name: NodeJS.Signals) => {
    const { stdout } = await tmux('display-message', '-p', '#{pane_pid}');
    const found = descendants(Number(stdout)).find((one) => one.command.endsWith(command));
    if (!found) throw new Error(`the shell runs no ${command}`);
    process.kill(found.pid, name);
  };
  return { type, press, interrupt, resize, signal, screen };
}
