import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { dataOutsideHome } from '../../src/local/postgres-data';
import { destroyHome, startStores, type Stores } from '../../src/local/stores';
import { eventually } from '../support/eventually';
import { descendants, type Process, stillRunning } from '../support/process-table';
import { Homes, silent } from './support/homes';

const { env } = process;
const homes = new Homes();
/** One home for all tests, in order. */
const home = homes.next();
const path = (name: string): string => join(home, name);

let stores: Stores;
let started: Process[];
const reports: string[] = [];

/** Starts both stores on the home, and remembers the new processes. */
async function start(): Promise<void> {
  const before = descendants(process.pid);
  const report = (part: string, event: string): number => reports.push(`${part}: ${event}`);
  stores = await startStores({ home, env, report });
  started = descendants(process.pid).filter(({ pid }) => !before.some((old) => old.pid === pid));
}

beforeAll(start);
afterAll(async () => {
  await stores.stop();
  await homes.destroy();
});

async function query(sql: string, url = stores.databaseUrl): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

async function withRedis<T>(use: (redis: Redis) => Promise<T>, url = stores.redisUrl): Promise<T> {
  const redis = new Redis(url);
  redis.on('error', silent); // The command rejects too.
  try {
    return await use(redis);
  } finally {
    redis.disconnect();
  }
}

describe('startStores', () => {
  it('starts both on free ports of this machine only, and reports each once', async () => {
    const port = (url: string): string => new URL(url).port;
    expect(reports.sort()).toEqual([
      expect.stringMatching(new RegExp(`^PostgreSQL 17\\.10: ready on port ${port(stores.databaseUrl)}$`)),
      expect.stringMatching(new RegExp(`^(Redis|Valkey) [\\d.]+: ready on port ${port(stores.redisUrl)}$`)),
    ]);
    expect(await query('SHOW listen_addresses')).toEqual(['127.0.0.1']);
  });

  it('makes the stores durable', async () => {
    const names = ['jit', 'max_connections', 'server_encoding', 'password_encryption', 'fsync'];
    const values = await query(
      `SELECT current_setting(name) FROM unnest('{${names.join(',')}}'::text[]) name`,
    );
    expect(values).toEqual(['off', '200', 'UTF8', 'scram-sha-256', 'on']);
    const config = await withRedis((redis) =>
      redis.config('GET', 'append*', 'maxmemory-policy', 'save', 'bind', 'hash-max-listpack-value'),
    );
    expect(config).toEqual(expect.arrayContaining(['yes', 'always', 'noeviction', '', '127.0.0.1', '2048']));
  });

  it('sorts text by code point and knows letters of every script', async () => {
    expect(await query(`SELECT string_agg(t, '' ORDER BY t) FROM unnest('{b,ä,A,a,B}'::text[]) t`)).toEqual([
      'ABabä',
    ]);
    expect(await query(`SELECT lower('ÄΩЖ')`)).toEqual(['äωж']);
  });

  it('requires the passwords, which only the owner can read', async () => {
    const wrong = Object.assign(new URL(stores.databaseUrl), { password: 'wrong' });
    await expect(query('SELECT 1', wrong.href)).rejects.toThrow(/password/);
    const none = Object.assign(new URL(stores.redisUrl), { password: '' });
    await expect(withRedis((redis) => redis.ping(), none.href)).rejects.toThrow(/NOAUTH/);
    for (const file of ['secrets.json', 'redis.conf']) expect(statSync(path(file)).mode & 0o777).toBe(0o600);
  });

  it('uses external stores instead of its own', async () => {
    const lines: string[] = [];
    const { databaseUrl, redisUrl } = stores;
    const report = (part: string, event: string): number => lines.push(`${part}: ${event}`);
    const other = homes.next();
    const external = await startStores({ home: other, env, databaseUrl, redisUrl, report });
    await external.stop();
    expect(external).toMatchObject({ databaseUrl, redisUrl });
    expect(lines.sort()).toEqual(['PostgreSQL: uses DATABASE_URL', 'Redis: uses REDIS_URL']);
    expect(existsSync(join(other, 'postgres'))).toBe(false);
    expect(await query('SELECT 1')).toEqual([1]);
  });

  it('refuses a home that is in use', async () => {
    await expect(startStores({ home, env, report: silent })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(destroyHome(home)).rejects.toMatchObject({ code: 'CONFLICT' });
    expect(await query('SELECT 1')).toEqual([1]);
  });

  it('leaves no process when stopped, even twice at once', async () => {
    await query('CREATE TABLE kept AS SELECT 42 AS answer');
    await withRedis((redis) => redis.set('kept', '42'));
    expect(started.length).toBeGreaterThanOrEqual(4); // PostgreSQL and Redis with a watchdog each
    await Promise.all([stores.stop(), stores.stop()]);
    await eventually(() => stillRunning(started).length === 0);
  });

  it('keeps the data for the next start, even if pid files name other programs', async () => {
    writeFileSync(path('postgres/postmaster.pid'), `${process.pid}\n${path('postgres')}\n`);
    writeFileSync(path('redis.pid'), `${process.pid}\n`);
    writeFileSync(path('dev.pid'), `${process.pid} 1\n`);
    await start();
    expect(await query('SELECT answer FROM kept')).toEqual([42]);
    expect(await withRedis((redis) => redis.get('kept'))).toBe('42');
    await stores.stop();
  });

  it('reports the last lines of PostgreSQL’s log if it does not start, and stops Redis', async () => {
    rmSync(path('postgres/global/pg_control'));
    const before = descendants(process.pid);
    await expect(startStores({ home, env, report: silent })).rejects.toThrow(
      /PostgreSQL did not start.*\n.*pg_control/s,
    );
    const left = descendants(process.pid).filter(({ pid }) => !before.some((old) => old.pid === pid));
    await eventually(() => stillRunning(left).length === 0);
    expect(existsSync(path('dev.pid'))).toBe(false);
  });
});

describe('destroyHome', () => {
  it('removes all data, including data outside the home, so that the next start is a fresh one', async () => {
    const outside = dataOutsideHome(home);
    // As root, PostgreSQL's user cannot enter the homes of this test.
    expect(outside !== null).toBe(process.getuid?.() === 0);
    const secrets = readFileSync(path('secrets.json'), 'utf8');
    await destroyHome(home);
    expect([existsSync(home), outside !== null && existsSync(outside)]).toEqual([false, false]);
    await start();
    expect(readFileSync(path('secrets.json'), 'utf8')).not.toBe(secrets);
    expect(await query(`SELECT to_regclass('kept')`)).toEqual([null]);
  });
});
