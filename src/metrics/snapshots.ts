import { deflateRawSync, inflateRawSync } from 'node:zlib';
import {
  AggregatorRegistry,
  type MetricObjectWithValues,
  type MetricValue,
  type Registry,
  type PrometheusContentType,
} from 'prom-client';
import { callQueue, type ApplicationQueue } from '../queue/applications';
import { PROCESS_KINDS, type ProcessKind } from './labels';

/** The metrics of one process, as they were when it last stored them. */
export interface Snapshot {
  kind: ProcessKind;
  /** When it was stored, in Redis' time, in milliseconds since 1970. */
  at: number;
  /** Whether the process stopped in an orderly way. */
  ended: boolean;
  values: MetricValues;
}

/** What prom-client's `getMetricsAsJSON` returns. */
export type MetricValues = MetricObjectWithValues<MetricValue<string>>[];

/** The snapshots of all processes, by the id of the process. The sum of those that are gone has an id of its own. */
export type Snapshots = ReadonlyMap<string, Snapshot>;

/** The id of the snapshot that holds the sums of processes that are gone. */
const DEPARTED = 'departed';
/** A process stores its snapshot every ten seconds at least; without three of them it is no longer alive. */
const ALIVE_MS = 30_000;
/** A process that was only paused, and comes back later than that, begins at zero. */
const SILENT_MS = 3_600_000;

/** A process whose snapshot was added to the departed ones must not bring its old counts back. */
const STORE = `
if ARGV[3] == 'again' and redis.call('HEXISTS', KEYS[1], ARGV[1]) == 0 then return 0 end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[2])
return 1`;

/** Replaces the departed sum and removes the snapshots in it, unless one of them has changed meanwhile. */
const FOLD = `
for i = 1, #ARGV - 1, 2 do
  if (redis.call('HGET', KEYS[1], ARGV[i]) or '') ~= ARGV[i + 1] then return 0 end
end
for i = 1, #ARGV - 1, 2 do redis.call('HDEL', KEYS[1], ARGV[i]) end
redis.call('HSET', KEYS[1], ARGV[1], ARGV[#ARGV])
return 1`;

const hashKey = ({ queue }: ApplicationQueue): string => `${queue.opts.prefix ?? ''}:metrics`;

/** Compresses, because names and labels repeat in every snapshot, and Redis writes each to its disk. */
const encode = (snapshot: Snapshot): string =>
  deflateRawSync(JSON.stringify(snapshot), { level: 1 }).toString('base64');

const decode = (text: string): Snapshot =>
  JSON.parse(inflateRawSync(Buffer.from(text, 'base64')).toString()) as Snapshot;

/**
 * Stores the snapshot of a process.
 * @param isFirst whether the process stores its first one
 * @returns false if the process counts as gone, so that it must begin at zero
 */
export async function storeSnapshot(
  open: ApplicationQueue,
  id: string,
  snapshot: Snapshot,
  isFirst: boolean,
): Promise<boolean> {
  const args = [hashKey(open), id, encode(snapshot), isFirst ? 'first' : 'again'];
  return (await callQueue(() => open.connection.eval(STORE, 1, ...args))) === 1;
}

/** Reads the snapshots of all processes. @throws ConvError QUEUE_UNAVAILABLE */
export async function readSnapshots(open: ApplicationQueue): Promise<Snapshots> {
  const stored = await callQueue(() => open.connection.hgetall(hashKey(open)));
  return new Map(Object.entries(stored).map(([id, text]) => [id, decode(text)]));
}

const isAlive = ({ at, ended }: Snapshot, now: number): boolean => !ended && now - at < ALIVE_MS;

/** Counts the processes that are alive. */
export function countProcesses(snapshots: Snapshots, now: number): Record<ProcessKind, number> {
  const alive = [...snapshots.values()].filter((snapshot) => isAlive(snapshot, now));
  const count = (kind: ProcessKind) => alive.filter((snapshot) => snapshot.kind === kind).length;
  return Object.fromEntries(PROCESS_KINDS.map((kind) => [kind, count(kind)])) as Record<ProcessKind, number>;
}

/** prom-client's types say that the type is an enum; it is text. */
const isGauge = ({ type }: MetricValues[number]): boolean => String(type) === 'gauge';

/** Returns the values of all processes as one: counters also of those that are gone, gauges only of those that are alive. */
export function mergeSnapshots(snapshots: Snapshots, now: number): Registry {
  const values = [...snapshots.values()].map((snapshot) =>
    isAlive(snapshot, now) ? snapshot.values : snapshot.values.filter((metric) => !isGauge(metric)),
  );
  return AggregatorRegistry.aggregate<PrometheusContentType>(values);
}

/**
 * Adds the snapshots of processes that are gone to one, so that their number does not grow. Any number of processes may do it.
 * @param now Redis' time
 * @returns how many were added
 */
export async function foldSnapshots(open: ApplicationQueue, now: number): Promise<number> {
  const stored = await callQueue(() => open.connection.hgetall(hashKey(open)));
  const departed = stored[DEPARTED] ?? '';
  const gone = Object.entries(stored).filter(([id, text]) => {
    const { ended, at } = decode(text);
    return id !== DEPARTED && (ended || now - at >= SILENT_MS);
  });
  if (gone.length === 0) return 0;
  const all = [[DEPARTED, departed] as const, ...gone];
  const folded = new Map(all.flatMap(([id, text]) => (text === '' ? [] : [[id, decode(text)] as const])));
  const values = await mergeSnapshots(folded, Infinity).getMetricsAsJSON();
  const sum = encode({ kind: 'worker', at: now, ended: true, values });
  const isDone = await callQueue(() => open.connection.eval(FOLD, 1, hashKey(open), ...all.flat(), sum));
  return isDone === 1 ? gone.length : 0;
}
