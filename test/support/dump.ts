import { QueryTypes } from 'sequelize';
import type { Redis } from 'ioredis';
import { primaries } from '../../src/queue/connection';
import type { TestDatabase } from './database';
import type { TestQueue } from './queue';

/** Returns every row of every table, as text. */
export async function dumpDatabase({ database }: TestDatabase): Promise<string> {
  const { sequelize } = database;
  const tables = await sequelize.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace`,
    { type: QueryTypes.SELECT },
  );
  const rows = await Promise.all(
    tables.map(({ name }) =>
      sequelize.query(`SELECT to_jsonb(t)::text AS row FROM ${name} AS t`, { type: QueryTypes.SELECT }),
    ),
  );
  return JSON.stringify(rows);
}

/** How to read a key, by its type. */
const READ: Readonly<Record<string, (redis: Redis, key: string) => Promise<unknown>>> = {
  string: (redis, key) => redis.get(key),
  hash: (redis, key) => redis.hgetall(key),
  list: (redis, key) => redis.lrange(key, 0, -1),
  set: (redis, key) => redis.smembers(key),
  zset: (redis, key) => redis.zrange(key, '0', '-1'),
  stream: (redis, key) => redis.xrange(key, '-', '+'),
};

/** Returns every key of this test file's queues with its content, as text. */
export async function dumpQueue({ applications: queue, prefix }: TestQueue): Promise<string> {
  const [connection] = primaries(queue.connection);
  if (!connection) throw new Error('there is no Redis');
  const held: unknown[] = [];
  for await (const keys of connection.scanStream({ match: `${prefix}:*` }))
    for (const key of keys as string[]) {
      const read = READ[await connection.type(key)];
      if (!read) throw new Error(`cannot read the type of ${key}`);
      held.push(key, await read(connection, key));
    }
  return JSON.stringify(held);
}
