import { existsSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client } from 'pg';
import { dataElsewhere } from '../../src/local/postgres-data';
import { destroyHome, startStores, type Stores, type StoreUrls } from '../../src/local/stores';
import { childrenOf, survivors } from './support/stack-process';
import { Homes, silent } from './support/homes';

const homes = new Homes();
const { env } = process;

afterAll(() => homes.destroy());

async function query(url: string, sql: string): Promise<unknown[]> {
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query<Record<string, unknown>>(sql)).rows.flatMap((row) => Object.values(row));
  } finally {
    await client.end();
  }
}

async function redisSays<T>(url: string, ask: (redis: Redis) => Promise<T>): Promise<T> {
  const redis = new Redis(url);
  redis.on('error', silent);
  try {
    return await ask(redis);
  } finally {
    redis.disconnect();
  }
}

async function withStores<T>(home: string, use: (stores: Stores) => Promise<T>): Promise<T> {
  const stores = await startStores({ home, env, report: silent });
  try {
    return await use(stores);
  } finally {
    await stores.stop();
  }
}

describe('startStores', () => {
  it('starts both on free ports of this machine only, and tells each part once', async () => {
    const lines: string[] = [];
    const report = (part: string, detail: string): number => lines.push(`${part}: ${detail}`);
    const stores = await startStores({ home: homes.next(), env, report });
    try {
      const port = (url: string): string => new URL(url).port;
      expect(lines.sort()).toEqual([
        expect.stringMatching(new RegExp(`^PostgreSQL 17\\.10: port ${port(stores.databaseUrl)}$`)),
        expect.stringMatching(new RegExp(`^(Redis|Valkey) [\\d.]+: port ${port(stores.redisUrl)}$`)),
      ]);
      expect(await query(stores.databaseUrl, 'SHOW listen_addresses')).toEqual(['127.0.0.1']);
    } finally {
      await stores.stop();
    }
  });

  it('sets the stores up for durable work', async () => {
    await withStores(homes.next(), async ({ databaseUrl, redisUrl }) => {
      const names = ['jit', 'max_connections', 'server_encoding', 'password_encryption', 'fsync'];
      const values = await query(
        databaseUrl,
        `SELECT current_setting(name) FROM unnest('{${names.join(',')}}'::text[]) name`,
      );
      expect(values).toEqual(['off', '200', 'UTF8', 'scram-sha-256', 'on']);
      const config = await redisSays(redisUrl, (redis) =>
        redis.config('GET', 'append*', 'maxmemory-policy', 'save', 'bind', 'hash-max-listpack-value'),
      );
      expect(config).toEqual(
        expect.arrayContaining(['yes', 'always', 'noeviction', '', '127.0.0.1', '2048']),
      );
    });
  });

  it('asks for the password, which only the owner may read', async () => {
    const home = homes.next();
    await withStores(home, async ({ databaseUrl, redisUrl }) => {
      const wrong = new URL(databaseUrl);
      wrong.password = 'wrong';
      await expect(query(wrong.href, 'SELECT 1')).rejects.toThrow(/password/);
      const open = new URL(redisUrl);
      open.password = '';
      await expect(redisSays(open.href, (redis) => redis.ping())).rejects.toThrow(/NOAUTH/);
    });
    for (const file of ['secrets.json', 'redis.conf'])
      expect(statSync(join(home, file)).mode & 0o777).toBe(0o600);
  });

  it('keeps the data from one start to the next', async () => {
    const home = homes.next();
    await withStores(home, async ({ databaseUrl, redisUrl }) => {
      await query(databaseUrl, 'CREATE TABLE kept AS SELECT 42 AS answer');
      await redisSays(redisUrl, (redis) => redis.set('kept', '42'));
    });
    await withStores(home, async ({ databaseUrl, redisUrl }) => {
      expect(await query(databaseUrl, 'SELECT answer FROM kept')).toEqual([42]);
      expect(await redisSays(redisUrl, (redis) => redis.get('kept'))).toBe('42');
    });
  });

  it('leaves no process, and may be stopped twice', async () => {
    const before = await childrenOf(process.pid);
    const stores = await startStores({ home: homes.next(), env, report: silent });
    const started = (await childrenOf(process.pid)).filter(
      ({ pid }) => !before.some((old) => old.pid === pid),
    );
    expect(started.length).toBeGreaterThanOrEqual(4);
    await Promise.all([stores.stop(), stores.stop()]);
    expect(await survivors(started)).toEqual([]);
  });

  it('uses a store that is given instead of its own', async () => {
    await withStores(homes.next(), async (others) => {
      const lines: string[] = [];
      const given: StoreUrls = { databaseUrl: others.databaseUrl, redisUrl: others.redisUrl };
      const home = homes.next();
      const report = (part: string, detail: string): number => lines.push(`${part}: ${detail}`);
      const stores = await startStores({ home, env, ...given, report });
      await stores.stop();
      expect(stores).toMatchObject(given);
      expect(lines.sort()).toEqual(['PostgreSQL: given by DATABASE_URL', 'Redis: given by REDIS_URL']);
      expect(existsSync(join(home, 'postgres'))).toBe(false);
      expect(await query(given.databaseUrl, 'SELECT 1')).toEqual([1]);
    });
  });

  it('refuses a home that is in use', async () => {
    const home = homes.next();
    await withStores(home, async ({ databaseUrl }) => {
      await expect(startStores({ home, env, report: silent })).rejects.toMatchObject({ code: 'CONFLICT' });
      await expect(destroyHome(home)).rejects.toMatchObject({ code: 'CONFLICT' });
      expect(await query(databaseUrl, 'SELECT 1')).toEqual([1]);
    });
  });

  it("ends with PostgreSQL's own words where it does not start, and stops the other store", async () => {
    const home = homes.next();
    await withStores(home, () => Promise.resolve());
    rmSync(join(home, 'postgres', 'global', 'pg_control'));
    const before = await childrenOf(process.pid);
    await expect(startStores({ home, env, report: silent })).rejects.toThrow(
      /PostgreSQL did not start.*\n.*pg_control/s,
    );
    const started = (await childrenOf(process.pid)).filter(
      ({ pid }) => !before.some((old) => old.pid === pid),
    );
    expect(await survivors(started)).toEqual([]);
    expect(existsSync(join(home, 'dev.pid'))).toBe(false);
  });

  it('starts though a pid file names a process that is now another program', async () => {
    const home = homes.next();
    await withStores(home, ({ databaseUrl }) => query(databaseUrl, 'CREATE TABLE kept ()'));
    writeFileSync(join(home, 'postgres', 'postmaster.pid'), `${process.pid}\n${join(home, 'postgres')}\n`);
    writeFileSync(join(home, 'redis.pid'), `${process.pid}\n`);
    writeFileSync(join(home, 'dev.pid'), `${process.pid} 1\n`);
    await withStores(home, async ({ databaseUrl }) => {
      expect(await query(databaseUrl, 'SELECT * FROM kept')).toEqual([]);
    });
  });
});

describe('destroyHome', () => {
  it('removes all data, also what lies outside the home', async () => {
    const home = homes.next();
    await withStores(home, () => Promise.resolve());
    const elsewhere = await dataElsewhere(home);
    // As root the homes of this test cannot be entered by PostgreSQL's user.
    expect(elsewhere !== null).toBe(process.getuid?.() === 0);
    await destroyHome(home);
    expect([home, ...(elsewhere === null ? [] : [elsewhere])].filter((path) => existsSync(path))).toEqual([]);
  });

  it('makes the next start begin anew', async () => {
    const home = homes.next();
    const secrets = async (): Promise<string> => {
      await withStores(home, () => Promise.resolve());
      return readFileSync(join(home, 'secrets.json'), 'utf8');
    };
    const first = await secrets();
    await destroyHome(home);
    expect(await secrets()).not.toBe(first);
  });
});
