import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDevFile, type DevFile } from '../../src/local/dev-file';
import { destroyHome } from '../../src/local/stores';
import { atEnd } from './cleanup';
import { eventually } from './eventually';
import { descendants, listProcesses, type Process } from './process-table';
import { runConv } from './processes';

export interface DevStack {
  home: string;
  dev: DevFile;
  child: ChildProcess;
  /** Returns everything that it has printed so far. */
  output(): string;
  /** Runs `conv` as a user of this stack does: with CONV_HOME as the only setting. */
  conv(args: readonly string[], input?: string): ReturnType<typeof runConv>;
  /** Returns every process of the stack: those that it has started, and those whose command line names its home. */
  processes(): Process[];
}

function stackProcesses(root: number, home: string): Process[] {
  const started = descendants(root);
  const others = listProcesses().filter(
    ({ pid, command }) => (pid === root || command.includes(home)) && !started.some((one) => one.pid === pid),
  );
  return [...started, ...others];
}

/** Runs `bin/conv dev --port 0` for a whole test file, with its own home. */
export function useDevStack(): DevStack {
  const home = mkdtempSync(join(tmpdir(), 'conv-journey-'));
  chmodSync(home, 0o711); // PostgreSQL runs as another user if the tests run as root.
  const stack = { home } as DevStack;
  const env = { PATH: process.env['PATH'], HOME: process.env['HOME'], CONV_HOME: home };
  let output = '';

  beforeAll(async () => {
    const child = spawn(join(__dirname, '../../bin/conv'), ['dev', '--port', '0'], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.stderr.on('data', (chunk: Buffer) => (output += chunk.toString()));
    stack.child = child;
    stack.dev = await eventually(() => {
      if (child.exitCode !== null) throw new Error(`conv dev ended:\n${output}`);
      return readDevFile(home);
    }, 60_000);
  });
  atEnd(async () => {
    const { child } = stack;
    if (child.exitCode === null && child.signalCode === null) {
      child.kill('SIGKILL');
      await once(child, 'exit');
    }
    await destroyHome(home);
  });

  return Object.assign(stack, {
    output: () => output,
    conv: (args: readonly string[], input?: string) => runConv(args, { CONV_HOME: home }, input),
    processes: () => stackProcesses(stack.child.pid ?? 0, home),
  });
}
