import { readFeedLag, type FeedLag } from '../events/feed-lag';
import { readPushBacklog, type PushBacklog } from '../events/push-backlog';
import { withDeadline } from '../lib/shutdown';
import type { Database } from '../models/connect';
import type { ApplicationQueue } from '../queue/applications';
import { primaries } from '../queue/connection';
import type { PushQueue } from '../queue/push';
import { readInfo } from '../queue/redis-info';
import { queueStats, type QueueStats } from '../queue/stats';
import { readSnapshots, type Snapshots } from './snapshots';

/** What the figures of the whole system are read from. */
export interface SystemDeps {
  database: Database;
  /** Null without one. */
  replica: Database | null;
  queue: ApplicationQueue;
  push: PushQueue;
  /** Names the ways in which Redis may lose accepted applications. */
  redisWarnings: () => readonly string[];
}

/** What Redis holds. */
export interface RedisState {
  snapshots: Snapshots;
  queues: readonly QueueStats[];
  /** In bytes, of all primaries; null where the provider hides it. */
  memory: { used: number; max: number } | null;
  warnings: readonly string[];
  /** Redis' time. */
  now: number;
}

/** What PostgreSQL holds. */
export interface DatabaseState {
  feed: FeedLag;
  push: PushBacklog;
}

/** The state of the whole system; null for a store that does not answer. */
export interface SystemState {
  redis: RedisState | null;
  database: DatabaseState | null;
  /** Whether the replica answers; null without one. */
  replicaAnswers: boolean | null;
}

const ANSWER_WITHIN_MS = 3000;

/** Returns what `work` returns, or null if it fails or takes too long: a store that is down is a finding and no error. */
async function orNull<T>(work: Promise<T>): Promise<T | null> {
  try {
    return (await withDeadline(work, ANSWER_WITHIN_MS)) ? await work : null;
  } catch {
    return null;
  }
}

async function readMemory({ connection }: ApplicationQueue): Promise<RedisState['memory']> {
  const infos = await Promise.all(primaries(connection).map((node) => readInfo(node, 'memory')));
  const sum = (name: string) => infos.reduce((total, info) => total + Number(info?.get(name) ?? 0), 0);
  return infos.includes(null) ? null : { used: sum('used_memory'), max: sum('maxmemory') };
}

async function readRedis({ queue, push, redisWarnings }: SystemDeps): Promise<RedisState> {
  const [snapshots, applications, pushes, memory, now] = await Promise.all([
    readSnapshots(queue),
    queueStats(queue),
    queueStats(push),
    readMemory(queue),
    queue.clock.now(),
  ]);
  return { snapshots, queues: [applications, pushes], memory, warnings: redisWarnings(), now: now.getTime() };
}

async function readDatabase(database: Database): Promise<DatabaseState> {
  const [feed, push] = await Promise.all([readFeedLag(database), readPushBacklog(database)]);
  return { feed, push };
}

async function checkReplica(replica: Database): Promise<boolean> {
  await replica.sequelize.query('SELECT 1');
  return true;
}

/** Reads the state of both stores, each with a time limit. */
export async function readSystem(deps: SystemDeps): Promise<SystemState> {
  const [redis, database, replicaAnswers] = await Promise.all([
    orNull(readRedis(deps)),
    orNull(readDatabase(deps.database)),
    deps.replica ? orNull(checkReplica(deps.replica)) : null,
  ]);
  return { redis, database, replicaAnswers: deps.replica ? replicaAnswers === true : null };
}
