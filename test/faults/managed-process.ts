import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { eventually } from '../support/eventually';
import { startProcess, type RealProcess } from '../support/processes';
import { openProxy, type Proxy } from '../support/tcp-proxy';
import { childProcesses, sendSignal } from './child-processes';
import type { Store } from './stores';

/** A web or worker process with its own proxies to the stores. It is restarted whenever it ends. */
export interface ManagedProcess {
  name: string;
  toRedis: Proxy;
  toPostgres: Proxy;
  /** The proxy between clients and a web process; it follows restarts. */
  front: Proxy;
  /** Sends a signal to the process and to those that it has started; SIGTERM only to the process itself. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Kills one of the processes that it has started, as `choice` from 0 to 1 says. Resolves when it has started another. */
  killChild(choice: number): Promise<void>;
  /** From the next start on, its clock is wrong by this many milliseconds. */
  setClock(offMs: number): void;
  /** Resolves to the exit code or signal of the current process when it ends. */
  ended(): Promise<string>;
  /** Resolves when the current process has ended and the next one is ready. */
  restarted(): Promise<void>;
  stop(): Promise<void>;
}

export interface ManagedProcessSettings {
  kind: 'web' | 'worker';
  name: string;
  postgres: Store;
  redis: Store;
  prefix: string;
  env: NodeJS.ProcessEnv;
  /** Files that it loads before its own. */
  preloads: readonly string[];
  clockOffMs: number;
  /** Called when a process ends without having been stopped, or does not start. */
  onDeath: (report: string) => void;
}

const RESTART_AFTER_MS = 300;
const SKEWED_CLOCK = join(__dirname, '../support/skewed-clock.js');

/** Returns what a web with WEB_CONCURRENCY logged of processes that ended and were not killed. */
export function findDeaths(output: string, killed: ReadonlySet<number>): string[] {
  return output.split('\n').filter((line) => {
    const pid = /"pid":(\d+),.*"msg":"a web process ended and is replaced"/.exec(line)?.[1];
    return pid !== undefined && !killed.has(Number(pid));
  });
}

/** Starts a process and keeps it running. */
export async function startManagedProcess(settings: ManagedProcessSettings): Promise<ManagedProcess> {
  const { kind, name, postgres, redis, prefix, env, onDeath } = settings;
  const toRedis = await openProxy(redis.port);
  const toPostgres = await openProxy(postgres.port);
  const front = await openProxy(1);
  const options = [SKEWED_CLOCK, ...settings.preloads].map((file) => `--require ${file}`).join(' ');
  const killed = new Set<number>();
  let { clockOffMs } = settings;
  let current: RealProcess;
  let end: Promise<string>;
  let starting: Promise<void>;
  let stopped = false;
  let stopRequested = false;

  function reportDeaths(run: RealProcess, how: string): void {
    if (!stopRequested) onDeath(`${name} ended by itself (${how}):\n${run.output().slice(-2000)}`);
    for (const line of findDeaths(run.output(), killed)) onDeath(`${name}: ${line}`);
  }

  async function launch(): Promise<void> {
    current = await startProcess(
      kind,
      { url: toPostgres.through(postgres.url) },
      { redisUrl: toRedis.through(redis.url), prefix },
      {
        LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn',
        ...env,
        NODE_OPTIONS: options,
        CLOCK_OFF_MS: String(clockOffMs),
      },
    );
    stopRequested = false;
    if (current.url !== undefined) front.forwardTo(Number(new URL(current.url).port));
    const run = current;
    end = once(run.child, 'exit').then(([code, signal]) => String(signal ?? code));
    void end.then((how) => {
      reportDeaths(run, how);
      if (!stopped) starting = relaunch();
    });
  }

  async function relaunch(): Promise<void> {
    await wait(RESTART_AFTER_MS);
    try {
      if (!stopped) await launch();
    } catch (error) {
      onDeath(`${name} did not start: ${(error as Error).message}`);
      await relaunch();
    }
  }

  const children = () => childProcesses(current.child.pid ?? 0);
  const hasEnded = () => current.child.exitCode !== null || current.child.signalCode !== null;

  async function signal(signal: NodeJS.Signals): Promise<void> {
    if (signal === 'SIGKILL' || signal === 'SIGTERM') stopRequested = true;
    const others = signal === 'SIGTERM' ? [] : await children();
    current.child.kill(signal);
    for (const pid of others) sendSignal(pid, signal);
  }

  starting = launch();
  await starting;
  return {
    name,
    toRedis,
    toPostgres,
    front,
    signal,
    async killChild(choice) {
      const before = await children();
      const victim = before[Math.floor(choice * before.length)];
      if (victim === undefined) return;
      killed.add(victim);
      sendSignal(victim, 'SIGKILL');
      await eventually(async () => {
        const now = await children();
        return !now.includes(victim) && now.length >= before.length;
      });
    },
    setClock(offMs) {
      clockOffMs = offMs;
    },
    ended: () => end,
    async restarted() {
      await end;
      await starting;
    },
    async stop() {
      stopped = true;
      await starting;
      if (!hasEnded()) {
        await signal('SIGKILL');
        await end;
      }
      await Promise.all([toRedis, toPostgres, front].map((proxy) => proxy.close()));
    },
  };
}
