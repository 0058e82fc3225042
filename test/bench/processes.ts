import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NODE_FLAGS } from '../../src/lib/node-flags';
import { ROOT, type Bed } from './lab';

/** Signs every post of the bench, and is what every web process checks. */
export const SECRET = 'whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g=';

const STOP_WITHIN_MS = 10_000;

export interface Running {
  pid: number;
  /** Where it listens, if it does. */
  url: string;
  /** The most memory that it has held, in MB. */
  peakMemory(): Promise<number>;
  memory(): Promise<number>;
  /** Processor time so far, in microseconds: what the other processes of the machine do changes it little. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Of one line of /proc/PID/status, in MB; NaN where there is no /proc. */
async function statusMegabytes(pid: number, name: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024;
}

const TICK_US = 10_000;

/** Of all processors of the machine so far, in microseconds: everything that runs, the stores and the load generator too. */
export function machineCpu(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) * 1000;
}

/** User and system time, the 14th and 15th field of /proc/PID/stat; the name before them may hold anything. */
async function cpuMicroseconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Of several processes together. */
export async function cpuOf(processes: readonly Running[]): Promise<number> {
  const each = await Promise.all(processes.map((one) => one.cpu()));
  return each.reduce((sum, one) => sum + one, 0);
}

async function stop(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  const kill = setTimeout(() => child.kill('SIGKILL'), STOP_WITHIN_MS);
  child.kill('SIGTERM');
  await exit;
  clearTimeout(kill);
}

/** Starts a Node process and waits until it says by IPC that it is ready. What it logs goes nowhere, errors to standard error. */
export async function start(
  script: string,
  env: NodeJS.ProcessEnv,
  execArgv: string[] = [],
): Promise<Running> {
  const child = spawn(process.execPath, [...execArgv, script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended at its start`)));
  ended.catch(() => undefined); // Later it may end: whoever needs it then fails by itself.
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ url?: string }];
  const pid = child.pid ?? 0;
  return {
    pid,
    url: message.url ?? '',
    peakMemory: () => statusMegabytes(pid, 'VmHWM'),
    memory: () => statusMegabytes(pid, 'VmRSS'),
    cpu: () => cpuMicroseconds(pid),
    stop: () => stop(child),
  };
}

function storesOf(bed: Bed): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: bed.databaseUrl,
    REDIS_URL: bed.redisUrl,
    WEBHOOK_SECRETS: SECRET,
    PORT: '0',
    HOST: '127.0.0.1',
  };
}

/** `BENCH_PROFILE=FOLDER` writes a CPU profile of every process of the product. */
function profiled(): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

/** One of the product's processes, from the build, with its own defaults; `CONV_…` of the caller change none. */
export async function startConv(
  name: 'web' | 'worker',
  bed: Bed,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const flags = [...NODE_FLAGS, ...profiled()];
  const running = await start(join(bed.root, `dist/bin/${name}.js`), { ...storesOf(bed), ...env }, flags);
  // It listens before its stores are there; nobody else does.
  while (name === 'web' && !(await fetch(`${running.url}/readyz`)).ok) await wait(10);
  return running;
}

/** Where the peers are installed, and nothing else is. */
const PEERS = join(ROOT, 'test/bench/node_modules');

/** The first of conv's flags. The second one keeps the heap small, which would only slow a contestant down. */
const [YOUNG] = NODE_FLAGS;

/** One of the contestants' processes: a file of `contestants/`. */
export function startContestant(file: string, bed: Bed, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const script = join(__dirname, 'contestants', `${file}.js`);
  return start(script, { ...storesOf(bed), NODE_PATH: PEERS, ...env }, [YOUNG]);
}
