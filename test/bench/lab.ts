import { execFile } from 'node:child_process';
import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { destroyHome, startStores } from '../../src/local/stores';

export const ROOT = join(__dirname, '../../../..');

/** The test bed of one trial: a migrated database and an empty queue. */
export interface Bed {
  /** The checkout whose processes run on it. */
  root: string;
  databaseUrl: string;
  redisUrl: string;
  pool: Pool;
  drop(): Promise<void>;
}

/** The bench's own stores, with conv's settings: PostgreSQL, and Redis with an append-only file and `appendfsync always`. */
export interface Lab {
  redis: Redis;
  /** @param root the checkout whose schema it gets; this one unless given */
  bed: (root?: string) => Promise<Bed>;
  /** Runs a statement on the server, outside of all beds. */
  sql: (statement: string) => Promise<void>;
  versions: string;
  stop(): Promise<void>;
}

const withName = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

/** Migrates a database with a checkout's own command. */
async function migrate(root: string, databaseUrl: string): Promise<void> {
  const env = { ...process.env, DATABASE_URL: databaseUrl, REDIS_URL: 'redis://unused' };
  await promisify(execFile)(process.execPath, [join(root, 'bin/conv'), 'db', 'migrate'], { env });
}

async function storeVersions(admin: Client, redis: Redis): Promise<string> {
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1];
  return `PostgreSQL ${rows[0]?.server_version}, Redis ${version}, Node ${process.versions.node}`;
}

/** Starts both stores in a temporary folder. */
export async function openLab(): Promise<Lab> {
  const home = await mkdtemp(join(tmpdir(), 'conv-bench-'));
  await chmod(home, 0o711); // PostgreSQL runs as another user where this runs as root.
  const stores = await startStores({ home, env: process.env, report: () => undefined });
  const { databaseUrl, redisUrl } = stores;
  const admin = new Client({ connectionString: databaseUrl });
  await admin.connect();
  const redis = new Redis(redisUrl);
  const sql = async (statement: string): Promise<void> => {
    await admin.query(statement);
  };
  const templates = new Map<string, string>();
  let beds = 0;

  async function templateOf(root: string): Promise<string> {
    const known = templates.get(root);
    if (known) return known;
    const name = `bench_template_${templates.size}`;
    templates.set(root, name);
    await sql(`CREATE DATABASE ${name}`);
    await migrate(root, withName(databaseUrl, name));
    return name;
  }

  async function bed(root = ROOT): Promise<Bed> {
    const name = `bench_${++beds}`;
    await sql(`CREATE DATABASE ${name} TEMPLATE ${await templateOf(root)}`);
    await sql('CHECKPOINT'); // So that no trial pays for the writes of the one before.
    await redis.flushall();
    const pool = new Pool({ connectionString: withName(databaseUrl, name), max: 2 });
    pool.on('error', () => undefined); // Dropping a database closes its connections.
    return {
      root,
      databaseUrl: withName(databaseUrl, name),
      redisUrl,
      pool,
      async drop() {
        await pool.end();
        await sql(`DROP DATABASE ${name} WITH (FORCE)`);
      },
    };
  }

  return {
    redis,
    bed,
    sql,
    versions: await storeVersions(admin, redis),
    async stop() {
      redis.disconnect();
      await admin.end();
      await stores.stop();
      await destroyHome(home);
    },
  };
}
