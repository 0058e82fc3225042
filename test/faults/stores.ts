import { setTimeout as wait } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { readyOrStopped, type Child } from '../../src/local/child';
import { startPostgres } from '../../src/local/postgres';
import { startRedis } from '../../src/local/redis';
import type { RunningStore } from '../../src/local/store-process';
import { eventually } from '../support/eventually';
import { childProcesses, sendSignal } from './child-processes';

/** A store that can be killed or paused, and restarted with its data on its port. */
export interface Store {
  name: string;
  url: string;
  port: number;
  /** Sends a signal to all its processes. */
  signal(signal: NodeJS.Signals): Promise<void>;
  /** Resolves when it has ended. */
  ended(): Promise<unknown>;
  /** Restarts it after its end, and waits until it serves. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

async function postmasterPid(url: string): Promise<number> {
  const client = new Client({ connectionString: url });
  await client.connect();
  const { rows } = await client.query<{ file: string }>("SELECT pg_read_file('postmaster.pid') AS file");
  await client.end();
  return parseInt(rows[0]?.file ?? '', 10);
}

async function redisPid(url: string): Promise<number> {
  const client = new Redis(url);
  const info = await client.info('server');
  client.disconnect();
  return Number(/process_id:(\d+)/.exec(info)?.[1]);
}

async function controllable(running: RunningStore, pidOf: (url: string) => Promise<number>): Promise<Store> {
  let child: Child = running.child;
  let pid = await pidOf(running.url);
  return {
    name: running.name,
    url: running.url,
    port: running.port,
    async signal(signal) {
      const children = await childProcesses(pid); // PostgreSQL has one per connection.
      sendSignal(pid, signal);
      for (const child of children) sendSignal(child, signal);
    },
    ended: () => child.ended,
    async start() {
      await child.ended;
      await eventually(async () => {
        child = await readyOrStopped(running.restart()); // Fails until the killed one has released its shared memory.
        return true;
      }, 60_000);
      pid = await eventually(() => pidOf(running.url));
    },
    async stop() {
      await child.stop();
    },
  };
}

/** Starts PostgreSQL and Redis for this run alone, as `conv dev` does. */
export async function startOwnStores(
  home: string,
  redisEnv: NodeJS.ProcessEnv,
): Promise<{ postgres: Store; redis: Store }> {
  const [postgres, redis] = await Promise.all([
    startPostgres(home, 'faults', process.env),
    startRedis(home, 'faults', { ...process.env, ...redisEnv }),
  ]);
  return {
    postgres: await controllable(postgres, postmasterPid),
    redis: await controllable(redis, redisPid),
  };
}

/** Occupies all free connections of PostgreSQL, and those that become free, until it is aborted. */
export async function occupyAllConnections({ url }: Store, until: AbortSignal): Promise<void> {
  const clients: Client[] = [];
  while (!until.aborted) {
    const client = new Client({ connectionString: url });
    client.on('error', () => undefined); // PostgreSQL may be killed meanwhile.
    try {
      await client.connect();
      clients.push(client);
    } catch {
      await wait(20); // None is free now.
    }
  }
  await Promise.allSettled(clients.map((client) => client.end()));
}

/** Runs a statement on its own connection, without the proxies. */
export async function sql<Row extends object>({ url }: Store, statement: string): Promise<Row[]> {
  const client = new Client({ connectionString: url });
  client.on('error', () => undefined); // The query rejects too.
  await client.connect();
  try {
    return (await client.query<Row>(statement)).rows;
  } finally {
    await client.end();
  }
}
