import { Gauge, type Registry } from 'prom-client';
import { countProcesses } from './snapshots';
import type { DatabaseState, RedisState, SystemState } from './system';

type Labels = Record<string, string>;
type Values = readonly (readonly [labels: Labels, value: number])[];

/** Adds a gauge with these values. A value that is not known is left out. */
function add(registry: Registry, name: string, help: string, values: Values): void {
  const labelNames = [...new Set(values.flatMap(([labels]) => Object.keys(labels)))];
  const gauge = new Gauge({ name, help, labelNames, registers: [registry] });
  if (labelNames.length === 0) gauge.remove(); // It begins with 0, which would be a value that nobody read.
  for (const [labels, value] of values) gauge.set(labels, value);
}

const one = (value: number | null | undefined): Values =>
  value === null || value === undefined ? [] : [[{}, value]];

const JOB_STATES = ['waiting', 'active', 'delayed', 'completed', 'failed'] as const;

function addQueues(registry: Registry, { queues }: Pick<RedisState, 'queues'>): void {
  const jobs = queues.flatMap((stats) =>
    JOB_STATES.map((state) => [{ queue: stats.id, state }, stats[state]] as const),
  );
  add(registry, 'conv_queue_jobs', 'Jobs in a queue, by state.', jobs);
  add(
    registry,
    'conv_queue_oldest_waiting_seconds',
    'Since the oldest waiting job was added; 0 without any.',
    queues.map((stats) => [{ queue: stats.id }, stats.oldest_waiting_seconds ?? 0]),
  );
  add(
    registry,
    'conv_queue_paused',
    'Whether a queue is paused: 1 or 0.',
    queues.map((stats) => [{ queue: stats.id }, Number(stats.paused)]),
  );
}

function addProcesses(registry: Registry, redis: RedisState | null): void {
  const counts = redis ? Object.entries(countProcesses(redis.snapshots, redis.now)) : [];
  add(
    registry,
    'conv_processes',
    'Processes that are alive, by kind.',
    counts.map(([kind, count]) => [{ kind }, count]),
  );
}

function addStores(registry: Registry, { redis, database, replicaAnswers }: SystemState): void {
  const replica =
    replicaAnswers === null ? [] : [[{ store: 'postgres_replica' }, Number(replicaAnswers)] as const];
  add(registry, 'conv_store_up', 'Whether a store answers this web process: 1 or 0.', [
    [{ store: 'redis' }, Number(redis !== null)],
    [{ store: 'postgres' }, Number(database !== null)],
    ...replica,
  ]);
  const isDurable = redis && Number(redis.warnings.length === 0);
  add(
    registry,
    'conv_redis_durable',
    'Whether Redis keeps every accepted application: 1 or 0.',
    one(isDurable),
  );
  add(registry, 'conv_redis_memory_used_bytes', 'Memory that Redis uses.', one(redis?.memory?.used));
  add(registry, 'conv_redis_memory_max_bytes', 'Memory limit of Redis; 0 for none.', one(redis?.memory?.max));
}

function addFeed(registry: Registry, database: DatabaseState | null): void {
  const { feed, push } = database ?? {};
  add(registry, 'conv_feed_lag_events', 'Committed events that no reader sees yet.', one(feed?.count));
  add(
    registry,
    'conv_feed_lag_seconds',
    'Since the oldest of them was written; 0 without any.',
    one(feed?.oldest_seconds),
  );
  add(
    registry,
    'conv_push_backlog_events',
    'Events that wait to be pushed to EVENTS_URL.',
    one(push?.pending),
  );
  add(registry, 'conv_push_parked_events', 'Events whose push was given up.', one(push?.parked));
  add(
    registry,
    'conv_push_oldest_seconds',
    'Since the oldest event that waits to be pushed was written; 0 without any.',
    one(push && (push.oldest_seconds ?? 0)),
  );
}

/** Adds gauges of the whole system to the metrics of its processes. */
export function addSystemGauges(registry: Registry, system: SystemState): void {
  addStores(registry, system);
  addProcesses(registry, system.redis);
  addQueues(registry, system.redis ?? { queues: [] });
  addFeed(registry, system.database);
}
