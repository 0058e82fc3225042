import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { NO_STACK, storesEnv } from './cli';
import { atEnd } from './cleanup';
import type { TestDatabase } from './database';
import { eventually } from './eventually';
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
  /** Waits until the screen matches. Returns its lines, without the empty ones at the end. */
  screen: (expected: RegExp) => Promise<string[]>;
}

/**
 * Opens a shell in tmux with this many columns and 24 lines, with the stores of this test file. `conv` is on its path. It ends with the
 * test file.
 */
export async function openTerminal(
  stores: TestDatabase,
  queue: TestQueue,
  columns: number,
): Promise<Terminal> {
  const socket = `conv-test-${process.pid}-${++count}`;
  const PATH = [BIN, process.env['PATH']].join(':');
  const env = { PATH, HOME: '/', CONV_HOME: NO_STACK, NO_COLOR: '1', ...storesEnv(stores, queue) };
  const tmux = (...args: string[]) => run('tmux', ['-L', socket, '-f', '/dev/null', ...args], { env });
  await tmux('new-session', '-d', '-x', String(columns), '-y', '24', SHELL);
  atEnd(() => tmux('kill-server'));
  const press = async (key: string) => {
    await tmux('send-keys', key);
  };
  return {
    type: async (line) => {
      await tmux('send-keys', '-l', line);
      await press('Enter');
    },
    press,
    screen: (expected) =>
      eventually(async () => {
        const { stdout } = await tmux('capture-pane', '-p');
        if (!expected.test(stdout))
          throw new Error(`the screen does not match ${String(expected)}:\n${stdout}`);
        return stdout.trimEnd().split('\n');
      }),
  };
}
