import { chmod, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { Client, Pool } from 'pg';
import { migrate } from '../../db/migrate';
import { destroyHome, startStores } from '../../src/local/stores';
import { connectDatabase } from '../../src/models/connect';

const TEMPLATE = 'bench_template';

/** A migrated database of one trial, and a queue that is empty. */
export interface Bed {
  databaseUrl: string;
  redisUrl: string;
  pool: Pool;
  drop(): Promise<void>;
}

/** Stores of the bench's own: PostgreSQL as conv ships it, and Redis with the append-only file, `appendfsync always`. */
export interface Lab {
  redis: Redis;
  bed: () => Promise<Bed>;
  /** Runs it on the server, outside of all beds. */
  sql: (statement: string) => Promise<void>;
  versions: string;
  stop(): Promise<void>;
}

const withName = (url: string, name: string) => Object.assign(new URL(url), { pathname: `/${name}` }).href;

async function makeTemplate(url: string): Promise<void> {
  const database = connectDatabase(withName(url, TEMPLATE), { withoutTimeLimit: true });
  await migrate(database.sequelize);
  await database.sequelize.close();
}

async function versionsOf(admin: Client, redis: Redis): Promise<string> {
  const { rows } = await admin.query<{ server_version: string }>('SHOW server_version');
  const version = /redis_version:(\S+)/.exec(await redis.info('server'))?.[1];
  return `PostgreSQL ${rows[0]?.server_version}, Redis ${version}, Node ${process.versions.node}`;
}

/** Starts both, in a folder that is gone afterwards. */
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
  await sql(`CREATE DATABASE ${TEMPLATE}`);
  await makeTemplate(databaseUrl);
  let beds = 0;

  async function bed(): Promise<Bed> {
    const name = `bench_${++beds}`;
    await sql(`CREATE DATABASE ${name} TEMPLATE ${TEMPLATE}`);
    await sql('CHECKPOINT'); // None begins with the work that another has left.
    await redis.flushall();
    const pool = new Pool({ connectionString: withName(databaseUrl, name), max: 2 });
    pool.on('error', () => undefined); // Dropping a database cuts its connections.
    return {
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
    versions: await versionsOf(admin, redis),
    async stop() {
      redis.disconnect();
      await admin.end();
      await stores.stop();
      await destroyHome(home);
    },
  };
}
