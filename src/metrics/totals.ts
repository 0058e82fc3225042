import type { ReceiptResult } from './labels';
import { mergeSnapshots, type MetricValues, type Snapshots } from './snapshots';

/** How many applications ended with this status, for this reason. */
export interface OutcomeCount {
  status: string;
  /** Null for ACCEPTED and FAILED. */
  reason: string | null;
  count: number;
}

/** How many applications took at most `seconds`. */
export interface Bucket {
  /** Infinity is written as null, because JSON has none. */
  seconds: number | null;
  count: number;
}

/** What all processes have counted up to a time. Only differences of two of them mean something. */
export interface Totals {
  /** In milliseconds since 1970. */
  at: number;
  received: Partial<Record<ReceiptResult, number>>;
  outcomes: OutcomeCount[];
  /** Of the time from receipt to outcome, in ascending order; each includes the ones before it. */
  buckets: Bucket[];
}

const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0);

function valuesOf(metrics: MetricValues, name: string): MetricValues[number]['values'] {
  return metrics.find((metric) => metric.name === name)?.values ?? [];
}

/** Returns what all processes have counted, from their snapshots. */
export async function readTotals(snapshots: Snapshots, now: number): Promise<Totals> {
  const metrics = (await mergeSnapshots(snapshots, now).getMetricsAsJSON()) as unknown as MetricValues;
  const received: Totals['received'] = {};
  for (const { labels, value } of valuesOf(metrics, 'conv_applications_received_total')) {
    const result = labels['result'] as ReceiptResult;
    received[result] = (received[result] ?? 0) + value;
  }
  const outcomes = valuesOf(metrics, 'conv_applications_processed_total').map(({ labels, value }) => ({
    status: String(labels['status']),
    reason: labels['reason'] === '' ? null : String(labels['reason']),
    count: value,
  }));
  const buckets = valuesOf(metrics, 'conv_application_duration_seconds').flatMap(({ labels, value }) => {
    const { le } = labels;
    return le === undefined ? [] : [{ seconds: le === '+Inf' ? null : Number(le), count: value }];
  });
  return { at: now, received, outcomes, buckets };
}

export const countReceived = ({ received }: Totals): number => sum(Object.values(received));
export const countOutcomes = ({ outcomes }: Totals): number => sum(outcomes.map(({ count }) => count));

/** Returns the counts between two times; if they were lost meanwhile, the counts since the loss. */
export function subtractTotals(later: Totals, earlier: Totals): Totals {
  if (countReceived(later) < countReceived(earlier) || countOutcomes(later) < countOutcomes(earlier))
    return later;
  const received = Object.entries(later.received).map(([result, count]) => [
    result,
    count - (earlier.received[result as ReceiptResult] ?? 0),
  ]);
  const outcomes = later.outcomes.map((one) => {
    const before = earlier.outcomes.find(
      ({ status, reason }) => status === one.status && reason === one.reason,
    );
    return { ...one, count: one.count - (before?.count ?? 0) };
  });
  const buckets = later.buckets.map((one) => {
    const before = earlier.buckets.find(({ seconds }) => seconds === one.seconds);
    return { ...one, count: one.count - (before?.count ?? 0) };
  });
  return { at: later.at, received: Object.fromEntries(received) as Totals['received'], outcomes, buckets };
}

/**
 * Estimates a percentile as Prometheus does: evenly distributed within a bucket. Beyond the last limit it is that limit.
 * @param share 0.5 for the median
 * @returns seconds; null without any application
 */
export function percentile(buckets: readonly Bucket[], share: number): number | null {
  const wanted = share * (buckets.at(-1)?.count ?? 0);
  if (wanted === 0) return null;
  let [lowerSeconds, lowerCount] = [0, 0];
  for (const { seconds, count } of buckets) {
    if (seconds === null) break;
    if (count >= wanted)
      return lowerSeconds + ((seconds - lowerSeconds) * (wanted - lowerCount)) / (count - lowerCount);
    [lowerSeconds, lowerCount] = [seconds, count];
  }
  return lowerSeconds;
}
