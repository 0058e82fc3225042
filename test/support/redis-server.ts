import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { findFreePort } from '../../src/local/ports';
import { locateRedis } from '../../src/local/redis-binary';
import { atEnd } from './cleanup';
import { eventually } from './eventually';

/** A Redis process that a test may configure, stop and kill as it likes. */
export interface RedisServer {
  port: number;
  url: string;
  /** For commands of the test itself; it reconnects. */
  client: Redis;
  signal(signal: NodeJS.Signals): void;
  /** Kills it and resolves when it has ended. */
  kill(): Promise<void>;
}

/** Each line of a configuration file. */
type Configuration = readonly string[];

const DEFAULTS: Configuration = ['save ""', 'appendonly no', 'repl-diskless-sync-delay 0'];

/**
 * Starts a Redis on a free port, without password and files of its own, until the end of the test file.
 * @param flags on the command line: `--sentinel` makes it a Sentinel
 */
export async function startRedisServer(
  configuration: Configuration = DEFAULTS,
  flags: readonly string[] = [],
): Promise<RedisServer> {
  const binary = await locateRedis(process.env);
  const port = await findFreePort();
  const folder = await mkdtemp(join(tmpdir(), 'conv-redis-server-'));
  const file = join(folder, 'redis.conf');
  const lines = [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, 'protected-mode no', ...configuration];
  await writeFile(file, `${lines.join('\n')}\n`);
  const child = spawn(binary.command, [file, ...flags], { env: binary.env, stdio: 'ignore' });
  const ended = once(child, 'exit');
  const client = new Redis(port, '127.0.0.1', { retryStrategy: () => 50, maxRetriesPerRequest: null });
  client.on('error', () => undefined); // It is not up yet, or was killed.
  async function kill(): Promise<void> {
    child.kill('SIGKILL');
    await ended;
  }
  atEnd(async () => {
    client.disconnect();
    await kill();
    await rm(folder, { recursive: true });
  });
  await eventually(() => client.status === 'ready');
  return { port, url: `redis://127.0.0.1:${port}`, client, signal: (signal) => child.kill(signal), kill };
}

/** Starts a replica, and waits until it has the data of its primary. */
export async function startReplica(primary: RedisServer, more: Configuration = []): Promise<RedisServer> {
  const replica = await startRedisServer([...DEFAULTS, `replicaof 127.0.0.1 ${primary.port}`, ...more]);
  await eventually(async () => (await replica.client.info('replication')).includes('master_link_status:up'));
  return replica;
}

/** Starts a Sentinel that watches this primary as `mymaster`, and fails over within about a second. */
export function startSentinel(primary: RedisServer, quorum = 1): Promise<RedisServer> {
  const configuration = [
    `sentinel monitor mymaster 127.0.0.1 ${primary.port} ${quorum}`,
    'sentinel down-after-milliseconds mymaster 500',
    'sentinel failover-timeout mymaster 5000',
  ];
  return startRedisServer(configuration, ['--sentinel']);
}
