import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { startProcess, type RealProcess } from '../support/processes';
import { openProxy, type Proxy } from '../support/tcp-proxy';
import type { Store } from './stores';

/** A web or worker process with its own proxies to the stores. It is restarted whenever it ends. */
export interface ManagedProcess {
  name: string;
  toRedis: Proxy;
  toPostgres: Proxy;
  /** The proxy between clients and a web process; it follows restarts. */
  front: Proxy;
  signal(signal: NodeJS.Signals): void;
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
  env: NodeJS.ProcessEnv;
  /** Called when a process ends without having been stopped. */
  onCrash: (report: string) => void;
}

const RESTART_AFTER_MS = 300;

/** Starts a process and keeps it running. */
export async function startManagedProcess(settings: ManagedProcessSettings): Promise<ManagedProcess> {
  const { kind, name, postgres, redis, env, onCrash } = settings;
  const toRedis = await openProxy(redis.port);
  const toPostgres = await openProxy(postgres.port);
  const front = await openProxy(1);
  let current: RealProcess;
  let end: Promise<string>;
  let starting: Promise<void>;
  let stopped = false;
  let stopRequested = false;

  async function launch(): Promise<void> {
    const urls = [
      { url: toPostgres.through(postgres.url) },
      { redisUrl: toRedis.through(redis.url), prefix: 'faults' },
    ] as const;
    current = await startProcess(kind, ...urls, { LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', ...env });
    stopRequested = false;
    if (current.url !== undefined) front.forwardTo(Number(new URL(current.url).port));
    const run = current;
    end = once(run.child, 'exit').then(([code, signal]) => String(signal ?? code));
    void end.then((how) => {
      if (!stopRequested) onCrash(`${name} ended by itself (${how}):\n${run.output().slice(-2000)}`);
      if (!stopped) starting = relaunch();
    });
  }

  async function relaunch(): Promise<void> {
    await wait(RESTART_AFTER_MS);
    try {
      if (!stopped) await launch();
    } catch (error) {
      onCrash(`${name} did not start: ${(error as Error).message}`);
      await relaunch();
    }
  }

  starting = launch();
  await starting;
  return {
    name,
    toRedis,
    toPostgres,
    front,
    signal(signal) {
      if (signal === 'SIGKILL' || signal === 'SIGTERM') stopRequested = true;
      current.child.kill(signal);
    },
    ended: () => end,
    async restarted() {
      await end;
      await starting;
    },
    async stop() {
      stopped = true;
      await starting;
      stopRequested = true;
      if (current.child.exitCode === null && current.child.signalCode === null) {
        current.child.kill('SIGKILL');
        await end;
      }
      await Promise.all([toRedis, toPostgres, front].map((proxy) => proxy.close()));
    },
  };
}
