import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestDatabase } from './database';
import type { TestQueue } from './queue';

const ROOT = join(__dirname, '../..');

/** A web or worker process from the build. */
export interface RealProcess {
  child: ChildProcess;
  /** The URL of a web process. */
  url: string | undefined;
  /** Returns everything that it has written. */
  output(): string;
  /** Sends a signal (SIGTERM) and resolves to the exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `dist/bin/NAME.js` on these stores and waits until it is ready. */
export async function startProcess(
  name: 'web' | 'worker',
  stores: Pick<TestDatabase, 'url'>,
  queue: Pick<TestQueue, 'redisUrl' | 'prefix'>,
  env: NodeJS.ProcessEnv = {},
): Promise<RealProcess> {
  const child = spawn(process.execPath, [join(ROOT, `dist/bin/${name}.js`)], {
    stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    env: {
      PATH: process.env['PATH'],
      DATABASE_URL: stores.url,
      REDIS_URL: queue.redisUrl,
      QUEUE_PREFIX: queue.prefix,
      PORT: '0',
      HOST: '127.0.0.1',
      ...env,
    },
  });
  let output = '';
  child.stdout?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr?.on('data', (chunk: Buffer) => (output += chunk.toString()));
  const ended = once(child, 'exit').then(() =>
    Promise.reject(new Error(`${name} ended while starting:\n${output}`)),
  );
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ url?: string }];
  ended.catch(() => undefined); // From here on the test decides whether an exit is an error.
  return {
    child,
    url: message.url,
    output: () => output,
    async stop(signal = 'SIGTERM') {
      if (child.exitCode !== null || child.signalCode !== null) return child.exitCode;
      const exit = once(child, 'exit');
      child.kill(signal);
      await exit;
      return child.exitCode;
    },
  };
}

/** Runs `conv` from the build as a process. */
export async function runConv(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/conv'), ...args], {
    env: {
      PATH: process.env['PATH'],
      HOME: process.env['HOME'],
      XDG_CONFIG_HOME: '/nonexistent/config',
      ...env,
    },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
