import type { ApplicationQueue } from '../queue/applications';
import { readHistory } from './history';
import { describePeriod } from './overview';
import type { Totals } from './totals';

const HOUR_MS = 3_600_000;
/** Readings are a minute apart. Between two that are further apart no worker ran. */
const GAP_MS = 150_000;

/** What happened between two readings; null where there were none, and for p95 also if nothing was processed. */
export interface Point {
  /** The end of the time, in milliseconds since 1970. */
  at: number;
  received_per_minute: number | null;
  processed_per_minute: number | null;
  /** 95 % of the applications took at most this long from receipt to outcome, in seconds. */
  p95: number | null;
}

/** The last hour, with about a point a minute, in the order of time. */
export interface Series {
  from: number;
  to: number;
  points: Point[];
}

function describePoint(later: Totals, earlier: Totals): Point {
  const { at } = later;
  if (at - earlier.at > GAP_MS)
    return { at, received_per_minute: null, processed_per_minute: null, p95: null };
  const { received_per_second, processed_per_second, latency } = describePeriod(later, earlier);
  return {
    at,
    received_per_minute: received_per_second * 60,
    processed_per_minute: processed_per_second * 60,
    p95: latency.p95,
  };
}

/** Reads the series of the last hour. @throws ConvError QUEUE_UNAVAILABLE */
export async function readSeries(queue: ApplicationQueue): Promise<Series> {
  const to = (await queue.clock.now()).getTime();
  const from = to - HOUR_MS;
  const readings = await readHistory(queue, from - GAP_MS, to);
  const points = readings.flatMap((later, n) => {
    const earlier = readings[n - 1];
    return earlier && later.at >= from ? [describePoint(later, earlier)] : [];
  });
  return { from, to, points };
}
