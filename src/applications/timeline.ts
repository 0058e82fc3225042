import { QueryTypes } from 'sequelize';
import type { Database } from '../models/connect';
import { withDatabaseErrors } from '../models/database-errors';
import { callQueue, type ApplicationQueue } from '../queue/applications';

/** A standby has no current position. The first eight digits of the name of a WAL file are the timeline; anybody may read them. */
const TIMELINE = `
SELECT CASE WHEN NOT pg_is_in_recovery() THEN left(pg_walfile_name(pg_current_wal_lsn()), 8) END AS timeline`;

/**
 * Returns PostgreSQL's timeline, which changes whenever a standby is promoted or a backup is restored to a point in time; null on a
 * standby.
 * @throws ConvError DATABASE_UNAVAILABLE
 */
export async function readTimeline({ sequelize }: Database): Promise<string | null> {
  const [row] = await withDatabaseErrors(() =>
    sequelize.query<{ timeline: string | null }>(TIMELINE, { type: QueryTypes.SELECT }),
  );
  return row?.timeline ?? null;
}

/** What the queue remembers of PostgreSQL's timeline. It outlives workers, which may be restarted during a failover. */
export interface TimelineRecord {
  /** Returns the timeline that was last reconciled; null if there is none. @throws ConvError QUEUE_UNAVAILABLE */
  read(): Promise<string | null>;
  /** Sets the timeline that is reconciled. @throws ConvError QUEUE_UNAVAILABLE */
  write(timeline: string): Promise<void>;
  /** Returns false while another worker has the claim. It ends by itself, should that worker be killed. */
  claim(ms: number): Promise<boolean>;
  release(): Promise<void>;
}

/** Returns the record in the Redis of a queue. */
export function openTimelineRecord({ connection, queue }: ApplicationQueue): TimelineRecord {
  const key = `${queue.opts.prefix ?? ''}:postgres-timeline`;
  const claimKey = `${key}:claim`;
  return {
    read: () => callQueue(() => connection.get(key)),
    async write(timeline) {
      await callQueue(() => connection.set(key, timeline));
    },
    claim: async (ms) => (await callQueue(() => connection.set(claimKey, '1', 'PX', ms, 'NX'))) === 'OK',
    async release() {
      await callQueue(() => connection.del(claimKey));
    },
  };
}

/**
 * Returns whether outcomes that a failover lost have been processed again: PostgreSQL's timeline is the one that the queue remembers.
 * @throws ConvError DATABASE_UNAVAILABLE or QUEUE_UNAVAILABLE
 */
export async function isTimelineReconciled(database: Database, queue: ApplicationQueue): Promise<boolean> {
  const timeline = await readTimeline(database);
  return timeline !== null && timeline === (await openTimelineRecord(queue).read());
}
