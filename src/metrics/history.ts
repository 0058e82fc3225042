import { callQueue, type ApplicationQueue } from '../queue/applications';
import { readSnapshots } from './snapshots';
import { readTotals, type Totals } from './totals';

/** A little longer than the longest period that is shown. */
const KEEP_MS = 25 * 3_600_000;
/** Less than a minute, because a timer may fire early. */
const MIN_DISTANCE_MS = 55_000;

/** Adds a reading at the time ARGV[1], unless another worker stored one at about that time, and removes old ones. */
const STORE = `
local at = tonumber(ARGV[1])
if redis.call('ZCOUNT', KEYS[1], at - ARGV[3], at + ARGV[3]) > 0 then return 0 end
redis.call('ZADD', KEYS[1], at, ARGV[2])
redis.call('ZREMRANGEBYSCORE', KEYS[1], '-inf', at - ARGV[4])
redis.call('PEXPIRE', KEYS[1], ARGV[4])
return 1`;

/** One sorted set, so that one command finds the earliest reading of a period, also in Redis Cluster. */
const historyKey = ({ queue }: ApplicationQueue): string => `${queue.opts.prefix ?? ''}:metrics:history`;

/** Stores a reading, unless there is one of about the same time. */
export async function storeTotals(open: ApplicationQueue, totals: Totals): Promise<void> {
  const args = [totals.at, JSON.stringify(totals), MIN_DISTANCE_MS, KEEP_MS];
  await callQueue(() => open.connection.eval(STORE, 1, historyKey(open), ...args));
}

/** Stores what all processes have counted up to now, at most about once a minute however many workers call it. */
export async function recordTotals(open: ApplicationQueue): Promise<void> {
  const now = (await open.clock.now()).getTime();
  await storeTotals(open, await readTotals(await readSnapshots(open), now));
}

async function readRange(open: ApplicationQueue, from: number, to: number, limit: number): Promise<Totals[]> {
  const range = [historyKey(open), from, `(${to}`, 'LIMIT', 0, limit] as const;
  const found = await callQueue(() => open.connection.zrangebyscore(...range));
  return found.map((text) => JSON.parse(text) as Totals);
}

/** Returns the earliest reading of a time range, without its end; null if nothing was stored then. */
export async function findEarliest(open: ApplicationQueue, from: number, to: number): Promise<Totals | null> {
  const [earliest] = await readRange(open, from, to, 1);
  return earliest ?? null;
}

/** Returns all readings of a time range, without its end, in the order of time. */
export function readHistory(open: ApplicationQueue, from: number, to: number): Promise<Totals[]> {
  return readRange(open, from, to, -1);
}
