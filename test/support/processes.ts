import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import type { TestDatabase } from './database';
import type { TestQueue } from './queue';

const ROOT = join(__dirname, '../..');

/** A real web or worker process, from the build, as it runs in production. */
export interface RealProcess {
  child: ChildProcess;
  /** Where web listens. */
  url: string | undefined;
  /** Everything that it wrote so far. */
  output(): string;
  /** Asks it to stop and resolves to its exit code. */
  stop(signal?: NodeJS.Signals): Promise<number | null>;
}

/** Starts `dist/bin/NAME.js` on this test file's stores and waits until it says that it is ready. */
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
    Promise.reject(new Error(`${name} ended at start:\n${output}`)),
  );
  const [message] = (await Promise.race([once(child, 'message'), ended])) as [{ url?: string }];
  ended.catch(() => undefined); // From here on the test says whether an end is an error.
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

/** Runs `conv` from the build and resolves when it has ended. */
export async function runConv(
  args: readonly string[],
  env: NodeJS.ProcessEnv = {},
  input = '',
): Promise<{ code: number | null; stdout: string; stderr: string }> {
  const child = spawn(process.execPath, [join(ROOT, 'bin/conv'), ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], ...env },
  });
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
  child.stdin.end(input);
  await once(child, 'close');
  return { code: child.exitCode, stdout, stderr };
}
