import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { startProcess, type RealProcess } from '../support/processes';
import { openProxy, type Proxy } from '../support/tcp-proxy';
import type { Store } from './stores';

/** A web or worker process with ways of its own to the stores; whatever ends it, it is started again. */
export interface Member {
  name: string;
  toRedis: Proxy;
  toPostgres: Proxy;
  /** The way of senders and readers to a web process; leads to the one that runs now. */
  front: Proxy;
  signal(signal: NodeJS.Signals): void;
  /** Resolves to the exit code or signal of the process that runs now, when it has ended. */
  ended(): Promise<string>;
  /** Resolves when the next one, after one that ended, is ready. */
  again(): Promise<void>;
  stop(): Promise<void>;
}

export interface MemberSettings {
  kind: 'web' | 'worker';
  name: string;
  postgres: Store;
  redis: Store;
  env: NodeJS.ProcessEnv;
  /** Called when a process ends that nobody asked to end. */
  onCrash: (report: string) => void;
}

const RESTART_AFTER_MS = 300;

/** Starts a member and keeps it running. */
export async function startMember(settings: MemberSettings): Promise<Member> {
  const { kind, name, postgres, redis, env, onCrash } = settings;
  const toRedis = await openProxy(redis.port);
  const toPostgres = await openProxy(postgres.port);
  const front = await openProxy(1);
  let current: RealProcess;
  let end: Promise<string>;
  let starting: Promise<void>;
  let stopped = false;
  let asked = false;

  async function launch(): Promise<void> {
    const urls = [
      { url: toPostgres.through(postgres.url) },
      { redisUrl: toRedis.through(redis.url), prefix: 'faults' },
    ] as const;
    current = await startProcess(kind, ...urls, { LOG_LEVEL: process.env['LOG_LEVEL'] ?? 'warn', ...env });
    asked = false;
    if (current.url !== undefined) front.forwardTo(Number(new URL(current.url).port));
    const run = current;
    end = once(run.child, 'exit').then(([code, signal]) => String(signal ?? code));
    void end.then((how) => {
      if (!asked) onCrash(`${name} ended by itself (${how}):\n${run.output().slice(-2000)}`);
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
      if (signal === 'SIGKILL' || signal === 'SIGTERM') asked = true;
      current.child.kill(signal);
    },
    ended: () => end,
    async again() {
      await end;
      await starting;
    },
    async stop() {
      stopped = true;
      await starting;
      asked = true;
      if (current.child.exitCode === null && current.child.signalCode === null) {
        current.child.kill('SIGKILL');
        await end;
      }
      await Promise.all([toRedis, toPostgres, front].map((proxy) => proxy.close()));
    },
  };
}
