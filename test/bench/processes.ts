import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { NODE_FLAGS } from '../../src/lib/node-flags';
import { ROOT, type Bed } from './lab';

/** Signs every post; every web process checks it. */
export const SECRET = 'whsec_YmVuY2gtYmVuY2gtYmVuY2gtYmVuY2gtYmVuY2g=';

const STOP_WITHIN_MS = 10_000;

export interface Running {
  pid: number;
  /** Where it listens; empty if it does not. */
  url: string;
  /** Peak resident memory in MB. */
  peakMemory(): Promise<number>;
  memory(): Promise<number>;
  /** Processor time so far in microseconds: other load on the machine changes it little. */
  cpu(): Promise<number>;
  stop(): Promise<void>;
}

/** Reads a line of /proc/PID/status in MB; NaN without /proc. */
async function statusMegabytes(pid: number, name: 'VmHWM' | 'VmRSS'): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  return Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status)?.[1] ?? NaN) / 1024;
}

const TICK_US = 10_000;

/** Returns the processor time of the whole machine so far in microseconds, stores and load generator included. */
export function machineCpu(): number {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0) * 1000;
}

/** Returns user and system time, fields 14 and 15 of /proc/PID/stat; the process name before them may contain spaces. */
async function cpuMicroseconds(pid: number): Promise<number> {
  const stat = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * TICK_US;
}

/** Returns the processor time of several processes together, in microseconds. */
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

/** Starts a Node process and waits until it reports by IPC that it is ready. Its standard output is discarded. */
export async function start(
  script: string,
  env: NodeJS.ProcessEnv,
  execArgv: string[] = [],
): Promise<Running> {
  const child = spawn(process.execPath, [...execArgv, script], {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    env: { PATH: process.env['PATH'], NODE_ENV: 'production', ...env },
  });
  const ended = once(child, 'exit').then(() => Promise.reject(new Error(`${script} ended while starting`)));
  ended.catch(() => undefined); // It may end later; the trial then fails by itself.
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

function storeEnv(bed: Bed): NodeJS.ProcessEnv {
  return {
    DATABASE_URL: bed.databaseUrl,
    REDIS_URL: bed.redisUrl,
    WEBHOOK_SECRETS: SECRET,
    PORT: '0',
    HOST: '127.0.0.1',
  };
}

/** `BENCH_PROFILE=FOLDER` writes a CPU profile of each of conv's processes. */
function profilerFlags(): string[] {
  const folder = process.env['BENCH_PROFILE'];
  return folder === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${folder}`];
}

/** Starts one of conv's processes from the build, with its default settings: the caller's environment changes none. */
export async function startConv(
  name: 'web' | 'worker',
  bed: Bed,
  env: NodeJS.ProcessEnv = {},
): Promise<Running> {
  const flags = [...NODE_FLAGS, ...profilerFlags()];
  const running = await start(join(bed.root, `dist/bin/${name}.js`), { ...storeEnv(bed), ...env }, flags);
  // It listens before it is connected to its stores.
  while (name === 'web' && !(await fetch(`${running.url}/readyz`)).ok) await wait(10);
  return running;
}

/** Where `npm run bench` installs the peers. */
const PEERS = join(ROOT, 'test/bench/node_modules');

/** The first of conv's V8 flags. The second one keeps the heap small, which would only slow a contestant down. */
const [YOUNG] = NODE_FLAGS;

/** Starts a file of `contestants/` as a process. */
export function startContestant(file: string, bed: Bed, env: NodeJS.ProcessEnv = {}): Promise<Running> {
  const script = join(__dirname, 'contestants', `${file}.js`);
  return start(script, { ...storeEnv(bed), NODE_PATH: PEERS, ...env }, [YOUNG]);
}
