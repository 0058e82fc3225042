import type { Pool } from 'pg';
import { conversations, untilReached } from '../outcomes';
import type { Bench, Figures, Row } from '../row';
import { redisBytes } from '../spent';
import { withPipeline } from './e2e';
import { conv } from './e2e-contestants';
import { CONNECTIONS } from './ingest';

/** Applications a second: sizes do not depend on it, so it is low enough for a busy machine. */
const RATE = 600;

/** Each table without its indexes, and each index. Rows of other tables do not come with applications. */
const RELATIONS = `
SELECT name, pg_total_relation_size(oid) - pg_indexes_size(oid) AS bytes
FROM (SELECT relname AS name, oid FROM pg_class WHERE relkind = 'r') AS tables
WHERE name IN ('applications', 'candidates', 'conversations', 'events')
UNION ALL
SELECT indexrelname, pg_relation_size(indexrelid) FROM pg_stat_user_indexes
WHERE relname IN ('applications', 'candidates', 'conversations', 'events')
ORDER BY bytes DESC, name`;

/** The part of a row in `applications` that KEEP_PAYLOADS_DAYS removes. */
const PAYLOAD = 'SELECT avg(pg_column_size(payload))::float8 AS bytes FROM applications';

/** Gives events their positions as readers of the feed do, with the vacuum that a longer run has. */
async function placeEvents(pool: Pool): Promise<void> {
  for (;;) {
    await pool.query('SELECT assign_event_positions()');
    await pool.query('VACUUM events');
    const { rows } = await pool.query('SELECT FROM events WHERE position IS NULL LIMIT 1');
    if (rows.length === 0) return;
  }
}

/** Sends applications of different candidates, and divides the size of each table and index by their number. */
function measure({ lab, load, options: { burst } }: Bench): Promise<Figures> {
  return withPipeline(lab, { start: conv }, async ({ pool }, [web]) => {
    const send = { kind: 'posts', label: 'storage', from: 0 } as const;
    await load.prepare({ url: web.url, connections: CONNECTIONS, count: burst, rate: RATE, send });
    const before = await redisBytes(lab.redis);
    await Promise.all([load.run(), untilReached(burst, conversations(pool))]);
    await untilReached(burst, () => lab.redis.zcard('conv:applications:completed'));
    const remembered = (await redisBytes(lab.redis)) - before;
    await placeEvents(pool);
    const { rows } = await pool.query<{ name: string; bytes: string }>(RELATIONS);
    const payload = await pool.query<{ bytes: number }>(PAYLOAD);
    const sizes = rows.map(({ name, bytes }) => [`${name} bytes`, Number(bytes) / burst] as const);
    const total = sizes.reduce((sum, [, bytes]) => sum + bytes, 0);
    return {
      'Redis bytes each, completed': remembered / burst,
      'PostgreSQL bytes each': total,
      'bytes of the payload': payload.rows[0]?.bytes ?? NaN,
      ...Object.fromEntries(sizes),
    };
  });
}

/** Bytes that each application occupies in Redis and in each table and index. */
export function storage(bench: Bench): Row {
  return {
    subject: 'conv',
    rounds: 1,
    contestants: [
      {
        name: 'conv',
        how: `${bench.options.burst} applications of different candidates, all accepted`,
        trial: () => measure(bench),
      },
    ],
    goals: [],
  };
}
