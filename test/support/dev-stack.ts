import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readDevFile, type DevFile } from '../../src/local/dev-file';
import { destroyHome } from '../../src/local/stores';
import { atEnd } from './cleanup';
import { eventually } from './eventually';
import { runConv } from './processes';

export interface DevStack {
  home: string;
  dev: DevFile;
  child: ChildProcess;
  /** Everything that it printed so far. */
  output(): string;
  /** `conv` as a user of this stack runs it: it knows the home and nothing else. */
  conv(args: readonly string[], input?: string): ReturnType<typeof runConv>;
  /** Every process of the stack, as id and start: what it started, what those started, and whatever mentions the home. */
  processes(): string[];
}

interface Process {
  pid: number;
  parent: number;
  begin: string;
  command: string;
}

function allProcesses(): Process[] {
  const lines = execFileSync('ps', ['-A', '-ww', '-o', 'pid=,ppid=,lstart=,args=']).toString().split('\n');
  return lines.flatMap((line) => {
    const [pid, parent, ...words] = line.trim().split(/\s+/);
    const [begin, command] = [words.slice(0, 5).join(' '), words.slice(5).join(' ')];
    return pid && parent ? [{ pid: Number(pid), parent: Number(parent), begin, command }] : [];
  });
}

const nameOf = ({ pid, begin }: Process) => `${pid}, since ${begin}`;

function processesOf(root: number | undefined, home: string): string[] {
  const all = allProcesses();
  const ours = new Set(
    all.filter(({ pid, command }) => pid === root || command.includes(home)).map(({ pid }) => pid),
  );
  for (let before = 0; before < ours.size;) {
    before = ours.size;
    for (const { pid, parent, command } of all)
      if (ours.has(parent) && !command.startsWith('ps -A')) ours.add(pid);
  }
  return all.filter(({ pid }) => ours.has(pid)).map(nameOf);
}

/** Those of these processes that live. */
export function alive(processes: readonly string[]): string[] {
  return allProcesses()
    .map(nameOf)
    .filter((name) => processes.includes(name));
}

/** `bin/conv dev --port 0` for a whole test file, with a home of its own. */
export function useDevStack(): DevStack {
  const home = mkdtempSync(join(tmpdir(), 'conv-journey-'));
  chmodSync(home, 0o711); // PostgreSQL runs as another user where the tests run as root.
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
    processes: () => processesOf(stack.child.pid, home),
  });
}
