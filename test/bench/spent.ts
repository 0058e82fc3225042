import { readdir, readFile } from 'node:fs/promises';
import type { Redis } from 'ioredis';
import type { Pool } from 'pg';
import type { Running } from './processes';
import type { Figures } from './row';

const TICK_US = 10_000;

/** Resources used so far: processor time in microseconds, and bytes. */
interface Spent {
  web: number;
  worker: number;
  redis: number;
  postgres: number;
  redisBytes: number;
  databaseBytes: number;
  walBytes: number;
}

/** Reads the fields of /proc/PID/stat from the third on; the second, the process name, may contain spaces. */
async function stat(pid: number | string): Promise<string[]> {
  const line = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  return line.slice(line.lastIndexOf(')') + 2).split(' ');
}

const ticks = (fields: string[], ...at: number[]) => at.reduce((sum, n) => sum + Number(fields[n] ?? 0), 0);

/** Returns the processor time of all processes of a PostgreSQL server, ended ones included. */
async function postgresCpu(pool: Pool): Promise<number> {
  const { rows } = await pool.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
  const server = (await stat(rows[0]?.pid ?? 0))[1] ?? '';
  // Without /proc there is no figure.
  const pids = (await readdir('/proc').catch(() => [])).filter((name) => /^\d+$/.test(name));
  const stats = await Promise.all(pids.map(stat));
  const ofChildren = stats.filter((fields) => fields[1] === server).map((fields) => ticks(fields, 11, 12));
  const ofServer = ticks(await stat(server), 11, 12, 13, 14);
  return ofChildren.reduce((sum, one) => sum + one, ofServer) * TICK_US;
}

async function redisFigure(redis: Redis, section: string, name: string): Promise<number> {
  return Number(new RegExp(`^${name}:([\\d.]+)`, 'm').exec(await redis.info(section))?.[1] ?? NaN);
}

/** Returns the memory that Redis uses, in bytes. */
export const redisBytes = (redis: Redis): Promise<number> => redisFigure(redis, 'memory', 'used_memory');

export async function spentSoFar(redis: Redis, pool: Pool, web: Running, worker: Running): Promise<Spent> {
  const { rows } = await pool.query<{ size: string; wal: string }>(
    "SELECT pg_database_size(current_database()) AS size, pg_current_wal_insert_lsn() - '0/0' AS wal",
  );
  let seconds = 0; // Children rewrite the append-only file.
  for (const name of ['user', 'sys', 'user_children', 'sys_children'])
    seconds += await redisFigure(redis, 'cpu', `used_cpu_${name}`);
  return {
    web: await web.cpu(),
    worker: await worker.cpu(),
    redis: seconds * 1e6,
    postgres: await postgresCpu(pool),
    redisBytes: await redisBytes(redis),
    databaseBytes: Number(rows[0]?.size),
    walBytes: Number(rows[0]?.wal),
  };
}

/** Returns the processor time of conv's two processes and of both stores, in microseconds. */
export const serviceCpu = ({ web, worker, redis, postgres }: Spent): number =>
  web + worker + redis + postgres;

/** Returns the resources per application. */
export function spentOnEach(before: Spent, after: Spent, count: number): Figures {
  const each = (name: keyof Spent) => (after[name] - before[name]) / count;
  return {
    'web CPU µs each': each('web'),
    'worker CPU µs each': each('worker'),
    'Redis CPU µs each': each('redis'),
    'PostgreSQL CPU µs each': each('postgres'),
    'Redis bytes each': each('redisBytes'),
    'PostgreSQL bytes each': each('databaseBytes'),
    'WAL bytes each': each('walBytes'),
  };
}
